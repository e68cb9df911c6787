import { Pool } from 'undici'

export interface AppPoolsOptions {
  /** How long an app may take to begin its answer, and to be silent within it. */
  readonly timeoutMs: number
}

/** gunicorn closes an idle connection after 2 s; ours must be gone before, or a request meets the close. */
const idleMs = 1500

/** An app that cannot even be connected to is reported long before a person gives up. */
const connectMs = 2000

/** One pool of connections for each app, made at first need; a slow app cannot take another's. */
export function createAppPools({ timeoutMs }: AppPoolsOptions) {
  const pools = new Map<string, Pool>()
  return {
    poolFor(appUrl: string): Pool {
      let pool = pools.get(appUrl)
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
        pools.set(appUrl, pool)
      }
      return pool
    },

    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}

export type AppPools = ReturnType<typeof createAppPools>
