import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** How the connections to the database are used at a moment. */
export interface DatabaseUse {
  readonly busy: number
  readonly idle: number
  readonly most: number
  readonly waiting: number
}

/** What a cache holds at a moment, and how often it helped so far. */
export interface CacheUse {
  /** Absent where the entries are held elsewhere. */
  readonly entries?: number
  readonly hits: number
  readonly misses: number
}

/** Audit lines that are being written, and what came of the others so far. */
export interface AuditUse {
  readonly pending: number
  readonly written: number
  readonly failed: number
}

/** What became of the lines of the log that went to one place. */
export interface LogUse {
  readonly written: number
  readonly dropped: number
  readonly waitingBytes: number
}

export interface StoreMetrics {
  followDatabase(use: () => DatabaseUse): void
  observeTransaction(purpose: string, isGood: boolean, seconds: number): void
  /** @param isHearing whether the notifications of the database arrive */
  followNotifications(isHearing: () => boolean): void
  followCache(cache: string, use: () => CacheUse): void
  followAudit(use: () => AuditUse): void
  followLog(sink: string, use: () => LogUse): void
}

/** What is read when Prometheus asks costs a request nothing. */
export function storeMetrics(registry: Registry): StoreMetrics {
  const registers = [registry]
  const state: {
    database?: () => DatabaseUse
    isHearing?: () => boolean
    audit?: () => AuditUse
  } = {}
  const caches = new Map<string, () => CacheUse>()
  const logs = new Map<string, () => LogUse>()

  registry.registerMetric(
    new Gauge({
      name: 'dashgate_database_connections',
      help: 'Connections of the pool by what they do: `busy` or `idle`.',
      labelNames: ['state'] as const,
      registers: [],
      collect() {
        const use = state.database?.()
        this.set({ state: 'busy' }, use?.busy ?? 0)
        this.set({ state: 'idle' }, use?.idle ?? 0)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_database_connections_max',
      help: 'Connections that the pool may have.',
      registers: [],
      collect() {
        this.set(state.database?.().most ?? 0)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_database_connections_waiting',
      help: 'Transactions that wait for a connection.',
      registers: [],
      collect() {
        this.set(state.database?.().waiting ?? 0)
      },
    }),
  )
  const transactions = new Histogram({
    name: 'dashgate_database_transaction_duration_seconds',
    help: 'Time of a transaction, with its wait for a connection. `purpose` is what row-level security knows it by, or `tenant`; `result` is `ok` or `error`.',
    labelNames: ['purpose', 'result'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_database_notifications_current',
      help: '1 while the notifications of the database arrive; 0 when the gateway has to ask instead.',
      aggregator: 'min',
      registers: [],
      collect() {
        this.set(state.isHearing?.() ? 1 : 0)
      },
    }),
  )
  registry.registerMetric(
    new Counter({
      name: 'dashgate_cache_requests_total',
      help: 'Look-ups in a cache, by `result`: `hit` or `miss`.',
      labelNames: ['cache', 'result'] as const,
      registers: [],
      collect() {
        this.reset()
        for (const [cache, use] of caches) {
          this.inc({ cache, result: 'hit' }, use().hits)
          this.inc({ cache, result: 'miss' }, use().misses)
        }
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_cache_entries',
      help: 'What a cache holds.',
      labelNames: ['cache'] as const,
      registers: [],
      collect() {
        for (const [cache, use] of caches) {
          const { entries } = use()
          if (entries !== undefined) this.set({ cache }, entries)
        }
      },
    }),
  )
  registry.registerMetric(
    new Counter({
      name: 'dashgate_audit_lines_total',
      help: 'Lines of the audit log by `result`: `written`, or `failed`, in which case what they are about was refused.',
      labelNames: ['result'] as const,
      registers: [],
      collect() {
        this.reset()
        this.inc({ result: 'written' }, state.audit?.().written ?? 0)
        this.inc({ result: 'failed' }, state.audit?.().failed ?? 0)
      },
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_audit_lines_pending',
      help: 'Lines of the audit log that are being written; what they are about waits for them.',
      registers: [],
      collect() {
        this.set(state.audit?.().pending ?? 0)
      },
    }),
  )
  const followed = (read: (use: LogUse) => number) =>
    function collect(this: Counter<'sink'>): void {
      this.reset()
      for (const [sink, use] of logs) this.inc({ sink }, read(use()))
    }
  registry.registerMetric(
    new Counter({
      name: 'dashgate_log_lines_written_total',
      help: 'Lines of the log that were taken, by where they went: `stdout` or `loki`.',
      labelNames: ['sink'] as const,
      registers: [],
      collect: followed(({ written }) => written),
    }),
  )
  registry.registerMetric(
    new Counter({
      name: 'dashgate_log_lines_dropped_total',
      help: 'Lines of the log that were lost because nobody took them: the reader is too slow, or gone.',
      labelNames: ['sink'] as const,
      registers: [],
      collect: followed(({ dropped }) => dropped),
    }),
  )
  registry.registerMetric(
    new Gauge({
      name: 'dashgate_log_queue_bytes',
      help: 'Bytes of the log that wait to be taken; what does not fit is dropped.',
      labelNames: ['sink'] as const,
      registers: [],
      collect() {
        for (const [sink, use] of logs) this.set({ sink }, use().waitingBytes)
      },
    }),
  )

  return {
    followDatabase: (use) => void (state.database = use),
    observeTransaction: (purpose, isGood, seconds) =>
      transactions.observe({ purpose, result: isGood ? 'ok' : 'error' }, seconds),
    followNotifications: (isHearing) => void (state.isHearing = isHearing),
    followCache: (cache, use) => void caches.set(cache, use),
    followAudit: (use) => void (state.audit = use),
    followLog: (sink, use) => void logs.set(sink, use),
  }
}
