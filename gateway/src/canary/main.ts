/**
 * The isolation canary, a process of its own beside the gateway: `npm run canary` asks in rounds until it is
 * stopped, `-- --once` makes one and ends with 1 when a tenant saw another's data, 2 when nothing can be said.
 * `-- --report <tenant> --dashboards <slug,…>` prints what there is to say to a tenant.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createCanary, readHistory } from './canary.ts'
import { reportFor, toMarkdown } from './report.ts'
import type { Round } from './round.ts'
import { CanarySettingsError, readSettings } from './settings.ts'

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    report: { type: 'string' },
    dashboards: { type: 'string', default: '' },
  },
})

const log = (level: 'info' | 'error', message: string, facts: object = {}) =>
  void process.stdout.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...facts })}\n`,
  )

/** @returns whether a tenant saw what belongs to the other */
function tell({ results, dashboards }: Round): boolean {
  const crossings = results.flatMap((one) => one.crossings)
  for (const crossing of crossings) log('error', 'an answer held data of another tenant', crossing)
  const count = (of: 'answers' | 'failed') => results.reduce((sum, one) => sum + one[of], 0)
  log('info', 'a round has ended', {
    answers: count('answers'),
    failed: count('failed'),
    crossings: crossings.length,
    dashboards: Object.fromEntries(dashboards),
  })
  return crossings.length > 0
}

async function goOn(): Promise<number> {
  const settings = readSettings(process.env, (path) => readFileSync(path, 'utf8'))
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort())
  const canary = await createCanary(settings)
  let exitCode = 0
  while (!ending.signal.aborted) {
    try {
      exitCode = tell(await canary.round()) ? 1 : 0
    } catch (error) {
      exitCode = 2
      log('error', 'a round could not be made', { error: (error as Error).message })
    }
    if (values.once) break
    const pauseMs = settings.CANARY_INTERVAL_SECONDS * 1000
    await delay(pauseMs, undefined, { signal: ending.signal }).catch(() => {})
  }
  await canary.stop()
  return values.once ? exitCode : 0
}

function report(tenantId: string): number {
  const directory = process.env['CANARY_REPORT_DIR']
  const dashboards = values.dashboards.split(',').filter(Boolean)
  if (directory === undefined || dashboards.length === 0) {
    process.stderr.write('Set CANARY_REPORT_DIR, and name dashboards: --dashboards <slug,…>\n')
    return 2
  }
  const now = new Date()
  process.stdout.write(
    toMarkdown(reportFor(readHistory(directory, now), tenantId, dashboards, now)),
  )
  return 0
}

try {
  process.exitCode = values.report === undefined ? await goOn() : report(values.report)
} catch (error) {
  if (!(error instanceof CanarySettingsError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
