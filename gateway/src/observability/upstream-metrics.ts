import { Counter, Gauge, type Registry } from 'prom-client'

/** An address at which an app is asked, as far as this process knows. */
export interface UpstreamUse {
  /** Origin of the app, out of the directory. */
  readonly upstream: string
  readonly isHealthy: boolean
  /** Connections with a request on them, and those that wait for one. */
  readonly busy: number
  readonly idle: number
  /** Requests that have a turn of the app, and those that wait for theirs. */
  readonly turns: number
  readonly waiting: number
}

export interface UpstreamMetrics {
  followUpstreams(uses: () => Iterable<UpstreamUse>): void
  /** @param reason the code of the refusal that came of it */
  countUpstreamFailure(dashboard: string, reason: string): void
}

export function upstreamMetrics(registry: Registry): UpstreamMetrics {
  const registers = [registry]
  let read: (() => Iterable<UpstreamUse>) | undefined
  const uses = () => read?.() ?? []
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_upstream_healthy',
      help: '1 while an app answers at this address; 0 since it could not be reached.',
      labelNames: ['upstream'] as const,
      aggregator: 'min',
      registers: [],
      collect() {
        this.reset()
        for (const { upstream, isHealthy } of uses()) this.set({ upstream }, isHealthy ? 1 : 0)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_upstream_connections',
      help: 'Connections to an app by what they do: `busy` or `idle`. WebSockets are not among them.',
      labelNames: ['upstream', 'state'] as const,
      registers: [],
      collect() {
        this.reset()
        for (const { upstream, busy, idle } of uses()) {
          this.set({ upstream, state: 'busy' }, busy)
          this.set({ upstream, state: 'idle' }, idle)
        }
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_upstream_turns',
      help: 'Requests by whether they have a turn of the app (`active`) or wait for it (`waiting`).',
      labelNames: ['upstream', 'state'] as const,
      registers: [],
      collect() {
        this.reset()
        for (const { upstream, turns, waiting } of uses()) {
          this.set({ upstream, state: 'active' }, turns)
          this.set({ upstream, state: 'waiting' }, waiting)
        }
      },
    }),
  )
  const failures = new Counter({
    name: 'dashgate_upstream_failures_total',
    help: 'Requests that an app did not answer, by the code of the refusal that came of it.',
    labelNames: ['dashboard', 'reason'] as const,
    registers,
  })
  return {
    followUpstreams: (use) => void (read = use),
    countUpstreamFailure: (dashboard, reason) => failures.inc({ dashboard, reason }),
  }
}
