import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '../paths.ts'
import { badDays, goodDay } from './good-day.ts'
import { promtool, rulesFolder } from './promtool.ts'
import { alertsIn } from './rules.ts'

const folder = join(root, 'deploy', 'prometheus')
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dashgate-rules-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const files = readdirSync(rulesFolder).map((file) => join(rulesFolder, file))
const eachAlert = alertsIn(...files)

describe('promtool accepts', () => {
  it('the rules', async () => {
    expect(await promtool('check', 'rules', ...files)).toContain('SUCCESS')
  })

  it('the configuration', async () => {
    expect(await promtool('check', 'config', join(folder, 'prometheus.yml'))).toContain('SUCCESS')
  })
})

describe('the objective', () => {
  it('burns as the tests of its rules say', async () => {
    expect(await promtool('test', 'rules', join(folder, 'tests', 'slo.test.yml'))).toContain(
      'SUCCESS',
    )
  })
})

/** What fires after an hour and five minutes of a day, the names alone. */
async function expectFiring(series: Readonly<Record<string, string>>, alerts: readonly string[]) {
  const file = join(directory, 'day.test.yml')
  const name = (alert: string) => ({ labels: `{alertname="${alert}"}`, value: 1 })
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: '65m',
        exp_samples: alerts.map(name),
      },
    ],
  }
  const rules = join(rulesFolder, 'alerts.yml')
  writeFileSync(file, stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }))
  await promtool('test', 'rules', file)
}

describe('alerts', () => {
  it('are quiet on a good day', () => expectFiring(goodDay, []))

  it.each(badDays)('name what breaks: $what', async ({ change: [beginning, values], alerts }) => {
    const changed = Object.keys(goodDay).filter((series) => series.startsWith(beginning))
    expect(changed).toHaveLength(1)
    await expectFiring(
      { ...goodDay, ...Object.fromEntries(changed.map((one) => [one, values])) },
      alerts,
    )
  })

  it('are all tried', () => {
    const tried = new Set(badDays.flatMap(({ alerts }) => alerts))
    const own = alertsIn(join(rulesFolder, 'alerts.yml')).map(({ alert }) => alert)
    expect(own.filter((alert) => !tried.has(alert))).toEqual([])
  })

  it.each(eachAlert)('$alert says what it is, how urgent, and what to do', (rule) => {
    expect(['page', 'ticket']).toContain(rule.labels?.['severity'])
    expect(rule.annotations?.['summary']).toMatch(/\S/)
    expect(rule.annotations?.['description']).toMatch(/\.$/)
    expect(rule.annotations?.['runbook_url']).toBe(
      `{{ $externalLabels.runbook }}#${rule.alert.toLowerCase()}`,
    )
  })
})
