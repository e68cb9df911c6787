import { LRUCache } from 'lru-cache'
import { Pool } from 'undici'

export interface AppPoolsOptions {
  /** How long an app may take to begin its answer, and to be silent within it. */
  readonly timeoutMs: number
}

/** gunicorn closes an idle connection after 2 s; ours must be gone before, or a request meets the close. */
const idleMs = 1500

/** An app that cannot even be connected to is reported long before a person gives up. */
const connectMs = 2000

/** A pool has no connections left when nobody has asked for so long: it is only memory then. */
const unusedMs = 10_000

/** Bounds memory; a pool that has to go finishes what it has begun. */
const mostPools = 20_000

/**
 * One pool of connections for each app and session, made at first need.
 *
 * Connections are not shared by people: HTTP/1.1 has no numbers that tie an answer to its question,
 * so whatever an app sends beyond its answer is taken for the answer to the next question on the same
 * connection, if it comes when that has been sent (measured with undici 8.12: one of 130 answers went
 * to somebody else when an app answered twice). Within a session that is a wrong answer; between two
 * tenants it would be a leak.
 */
export function createAppPools({ timeoutMs }: AppPoolsOptions) {
  const closing = new Set<Promise<void>>()
  const pools = new LRUCache<string, Pool>({
    max: mostPools,
    ttl: unusedMs,
    updateAgeOnGet: true,
    dispose(pool) {
      const closed = pool.close().catch(() => {})
      closing.add(closed)
      void closed.then(() => closing.delete(closed))
    },
  })
  /** Apps that could not be reached when they were last asked. */
  const unreached = new Set<string>()
  const sweep = setInterval(() => pools.purgeStale(), unusedMs).unref()

  return {
    /** @param session whose requests go over it, and nobody else's */
    poolFor(appUrl: string, session: string): Pool {
      const key = `${session} ${appUrl}`
      let pool = pools.get(key)
      if (!pool) {
        pool = new Pool(appUrl, {
          // Whoever asks has a turn (`limits/`), or has had one and is a stream: nobody queues here.
          connections: null,
          pipelining: 1,
          keepAliveTimeout: idleMs,
          keepAliveMaxTimeout: idleMs,
          connect: { timeout: connectMs },
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        })
        pools.set(key, pool)
      }
      return pool
    },

    /** An app was asked: whether it could be reached. */
    noteReached(appUrl: string, isReached: boolean): void {
      if (!isReached) unreached.add(appUrl)
      else if (unreached.size > 0) unreached.delete(appUrl)
    },

    /**
     * How the apps are doing, for the metrics.
     *
     * @param followed addresses that are told of whether they are in use or not
     */
    use(
      turns: ReadonlyMap<string, { readonly active: number; readonly waiting: number }>,
      followed: ReadonlySet<string>,
    ) {
      const uses = new Map<string, { busy: number; idle: number }>()
      for (const [key, { stats }] of pools.entries()) {
        const appUrl = key.slice(key.indexOf(' ') + 1)
        const use = uses.get(appUrl) ?? { busy: 0, idle: 0 }
        use.busy += stats.running
        use.idle += stats.free
        uses.set(appUrl, use)
      }
      return Array.from(new Set([...uses.keys(), ...turns.keys(), ...followed]), (upstream) => ({
        upstream,
        isHealthy: !unreached.has(upstream),
        busy: uses.get(upstream)?.busy ?? 0,
        idle: uses.get(upstream)?.idle ?? 0,
        turns: turns.get(upstream)?.active ?? 0,
        waiting: turns.get(upstream)?.waiting ?? 0,
      }))
    },

    async close(): Promise<void> {
      clearInterval(sweep)
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      await Promise.all(closing)
    },
  }
}

export type AppPools = ReturnType<typeof createAppPools>
