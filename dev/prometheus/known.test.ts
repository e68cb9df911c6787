import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../paths.ts'
import { usesIn } from './expressions.ts'
import { rulesFolder } from './promtool.ts'
import { alertsIn, readRules } from './rules.ts'
import { unknownIn } from './unknown.ts'

const rules = readdirSync(rulesFolder).flatMap((file) => readRules(join(rulesFolder, file)))

describe('rules', () => {
  it('ask for metrics at all', () => {
    expect(rules.flatMap(({ expr }) => usesIn(expr)).length).toBeGreaterThan(30)
  })

  it.each(rules.map((rule) => [rule.alert ?? rule.record ?? '', rule.expr]))(
    '%s asks for what there is',
    (_, expr) => {
      expect(unknownIn(expr)).toEqual([])
    },
  )

  it('would be told of a metric or a label that is gone', () => {
    expect(unknownIn('rate(dashgate_gone_total[5m])')).toEqual(['dashgate_gone_total'])
    expect(unknownIn('dashgate_log_lines_dropped_total{color="red"}')).toEqual([
      'dashgate_log_lines_dropped_total{color}',
    ])
    expect(unknownIn('sum by (colour) (dashgate_log_lines_dropped_total)')).toEqual(['colour'])
  })
})

describe('the runbook', () => {
  const headings = new Set(
    [...readFileSync(join(root, 'docs', 'operations.md'), 'utf8').matchAll(/^#+ (.+)$/gm)].map(
      ([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
    ),
  )
  const alerts = alertsIn(...readdirSync(rulesFolder).map((file) => join(rulesFolder, file)))

  it.each(alerts)('has a paragraph on $alert', ({ annotations }) => {
    expect(headings).toContain(annotations?.['runbook_url']?.split('#').at(-1))
  })

  it('has none on alerts that are gone', () => {
    const named = [...headings].filter((heading) => /^dashgate[a-z]+$/.test(heading))
    expect(named.toSorted()).toEqual(
      [...new Set(alerts.map(({ alert }) => alert.toLowerCase()))].toSorted(),
    )
  })
})
