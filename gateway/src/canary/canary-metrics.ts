import { Counter, Gauge, Registry } from 'prom-client'
import type { Round } from './round.ts'

const labels = ['tenant_id', 'dashboard', 'surface'] as const

/** Metrics of the canary, which is a process and a target of its own. */
export function createCanaryMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const crossings = new Gauge({
    name: 'dashgate_canary_crossings',
    help: 'Answers of the last round that held what belongs to the other canary tenant.',
    labelNames: labels,
    registers,
  })
  const ownMarks = new Gauge({
    name: 'dashgate_canary_own_marks',
    help: 'Answers of the last round in which the canary tenant saw its own mark: without any, nothing is proven.',
    labelNames: labels,
    registers,
  })
  const answers = new Counter({
    name: 'dashgate_canary_answers_total',
    help: 'Questions asked, by what came of them (ok, failed).',
    labelNames: [...labels, 'result'],
    registers,
  })
  const lastAsked = new Gauge({
    name: 'dashgate_canary_asked_timestamp_seconds',
    help: 'When the canary tenant last got an answer to every question about a dashboard.',
    labelNames: ['tenant_id', 'dashboard'],
    registers,
  })
  const lastRound = new Gauge({
    name: 'dashgate_canary_round_timestamp_seconds',
    help: 'When the last round of the canary ended, complete or not.',
    registers,
  })
  const failedRounds = new Counter({
    name: 'dashgate_canary_failed_rounds_total',
    help: 'Rounds that could not be made: no sign-in, or nobody answers.',
    registers,
  })
  return {
    contentType: registry.contentType,
    expose: () => registry.metrics(),
    countFailedRound: () => failedRounds.inc(),
    observe({ results, dashboards }: Round, now: Date): void {
      const seconds = now.getTime() / 1000
      crossings.reset()
      ownMarks.reset()
      for (const one of results) {
        const { tenantId: tenant_id, dashboard, surface } = one
        const whose = { tenant_id, dashboard, surface }
        crossings.set(whose, one.crossings.length)
        ownMarks.set(whose, one.own)
        answers.inc({ ...whose, result: 'ok' }, one.answers - one.failed)
        answers.inc({ ...whose, result: 'failed' }, one.failed)
      }
      for (const [tenant_id, slugs] of dashboards) {
        for (const dashboard of slugs) {
          const about = results.filter(
            (one) => one.tenantId === tenant_id && one.dashboard === dashboard,
          )
          if (about.every(({ failed }) => failed === 0))
            lastAsked.set({ tenant_id, dashboard }, seconds)
        }
      }
      lastRound.set(seconds)
    },
  }
}
export type CanaryMetrics = ReturnType<typeof createCanaryMetrics>
