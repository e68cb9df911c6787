import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type SessionEvent = 'begun' | 'refused' | 'ended' | 'revoked'

/** What came of asking the provider for new tokens. */
export type RefreshResult = 'refreshed' | 'refused' | 'failed'

/** A session that was revoked, or a dashboard that a tenant may not see any more. */
export type RevocationKind = 'session' | 'access'

export interface SessionMetrics {
  /** @param reason a word of our own code */
  countSession(event: SessionEvent, reason: string): void
  countRefresh(result: RefreshResult): void
  /** How long after a revocation, by the database's clock, this process had ended what it is about. */
  observeRevocation(kind: RevocationKind, seconds: number): void
  /** @param live how many sessions this process knows */
  followSessions(live: () => number): void
}

export function sessionMetrics(registry: Registry): SessionMetrics {
  const registers = [registry]
  const events = new Counter({
    name: 'dashgate_session_events_total',
    help: 'Sessions begun, refused, ended by their user or by the provider’s word, revoked by somebody else; `reason` says why.',
    labelNames: ['event', 'reason'] as const,
    registers,
  })
  const refreshes = new Counter({
    name: 'dashgate_session_refreshes_total',
    help: 'Attempts to get new tokens of the provider: `refreshed`; `refused`, which ends the session; `failed`, after which the session goes on and it is tried again.',
    labelNames: ['result'] as const,
    registers,
  })
  const revocations = new Histogram({
    name: 'dashgate_revocation_seconds',
    help: 'Time from a revocation to the end of what was open of it in this process. Promised are 2 s.',
    labelNames: ['kind'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  let live: (() => number) | undefined
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_sessions_known',
      help: 'Sessions that are held in memory: those that came with a request and have not ended. With several processes or replicas one session can count in each.',
      registers: [],
      collect() {
        this.set(live?.() ?? 0)
      },
    }),
  )
  for (const result of ['refreshed', 'refused', 'failed'] as const) refreshes.inc({ result }, 0)
  return {
    countSession: (event, reason) => events.inc({ event, reason }),
    countRefresh: (result) => refreshes.inc({ result }),
    // Two clocks that were read one after the other may show less than nothing.
    observeRevocation: (kind, seconds) => revocations.observe({ kind }, Math.max(0, seconds)),
    followSessions: (read) => void (live = read),
  }
}
