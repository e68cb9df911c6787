import { sql } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Connection, DatabaseAddress } from './connection.ts'
import { databaseError, isConnectionLoss } from './connection-fault.ts'
import { within } from './deadline.ts'
import { assertLeastPrivilege } from './least-privilege.ts'
import { createPool, type Pool } from './pool.ts'
import * as schema from './schema.ts'
import { isSlug } from '../tenant/slug.ts'

/** Statements inside of a transaction that has said for whom or what for it runs. */
export type Transaction = Omit<PostgresJsDatabase<typeof schema>, 'transaction' | '$client'>

/** What a transaction is for when it is not for one tenant; row-level security knows each of them. */
export type Purpose = 'directory' | 'session' | 'keys' | 'admin' | 'audit' | 'usage'

/**
 * The gateway's way to Postgres. There is no transaction that does not say for whom or what for it
 * runs. Each ends within five seconds: with its result, with the error of `work`, or with
 * `database_unavailable` (503).
 */
export interface Database {
  inTenant<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>
  /** @param limitMs for the rare work that needs longer than the 4.5 s that all else has */
  forPurpose<T>(
    purpose: Purpose,
    work: (tx: Transaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T>
  ping(): Promise<void>
  /** How the connections are used at a moment, for the metrics. */
  use(): ReturnType<Pool['use']>
  /** @throws when the role could get round row-level security; the gateway must not run then */
  assertLeastPrivilege(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions extends DatabaseAddress {
  readonly poolSize?: number
  readonly statementTimeoutMs?: number
  /** Told of each transaction that has ended. */
  readonly onTransaction?: (purpose: string, isGood: boolean, seconds: number) => void
}

/** What a transaction says for whom or what for it runs. */
interface Settings {
  readonly tenantId?: string
  readonly purpose?: Purpose
}

/** With the wait for a connection below five seconds. */
const wholeMs = 4500
/** The server's own limits come before ours, so that it knows of the end as well. */
const transactionMargin = 2000
const statementMargin = 2500

/** Connects lazily: nothing happens before the first transaction. Needs Postgres 17 or newer. */
export function connectDatabase({
  poolSize = 10,
  statementTimeoutMs = wholeMs - statementMargin,
  onTransaction,
  ...address
}: DatabaseOptions): Database {
  const pool = createPool(address, poolSize)

  /** Answers in time even when nothing comes back, and then lets nobody else use the connection. */
  async function onConnection<T>(
    use: (connection: Connection) => Promise<T>,
    limitMs = wholeMs,
  ): Promise<T> {
    let lent: Connection | undefined
    const running = pool.lend(async (connection) => {
      lent = connection
      try {
        return await use(connection)
      } catch (error) {
        if (isConnectionLoss(error)) connection.kill()
        throw error
      }
    })
    try {
      return await within(running, limitMs, () => lent?.kill())
    } catch (error) {
      throw databaseError(error)
    }
  }

  function transactUntimed<T>(
    settings: Settings,
    work: (tx: Transaction) => Promise<T>,
    limitMs = wholeMs,
  ): Promise<T> {
    const statementMs = limitMs === wholeMs ? statementTimeoutMs : limitMs - statementMargin
    return onConnection(async (connection) => {
      const tx = drizzle(connection.client, { schema })
      await connection.client.unsafe('begin')
      try {
        // All local to the transaction (`true`): the connection's next user starts with none.
        await tx.execute(sql`select
          set_config('dashgate.tenant_id', ${settings.tenantId ?? ''}, true),
          set_config('dashgate.purpose', ${settings.purpose ?? ''}, true),
          set_config('statement_timeout', ${String(statementMs)}, true),
          set_config('transaction_timeout', ${String(limitMs - transactionMargin)}, true)`)
        const result = await work(tx)
        await commit(connection)
        return result
      } catch (error) {
        await rollBack(connection, error)
        throw error
      }
    }, limitMs)
  }

  /** The same, with its time. */
  async function transact<T>(
    settings: Settings,
    work: (tx: Transaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    const startedAt = performance.now()
    let isGood = false
    try {
      const result = await transactUntimed(settings, work, limitMs)
      isGood = true
      return result
    } finally {
      const seconds = (performance.now() - startedAt) / 1000
      onTransaction?.(settings.purpose ?? 'tenant', isGood, seconds)
    }
  }

  return {
    async inTenant(tenantId, work) {
      if (!isSlug(tenantId)) throw new TypeError('A transaction of a tenant needs its id')
      return transact({ tenantId }, work)
    },
    forPurpose: (purpose, work, limitMs) => transact({ purpose }, work, limitMs),
    use: pool.use,
    ping: () =>
      onConnection(async ({ client }) => {
        await client.unsafe('select 1')
      }),
    assertLeastPrivilege: () => onConnection(({ client }) => assertLeastPrivilege(client)),
    close: () => pool.close(),
  }
}

/** Postgres answers COMMIT with ROLLBACK, and no error, when a statement before had failed. */
async function commit({ client }: Connection): Promise<void> {
  const { command } = await client.unsafe('commit')
  if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement failed')
}

async function rollBack(connection: Connection, error: unknown): Promise<void> {
  if (connection.lost() || isConnectionLoss(error)) return
  try {
    await connection.client.unsafe('rollback')
  } catch {
    connection.kill()
  }
}
