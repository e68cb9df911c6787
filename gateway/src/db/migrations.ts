import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'
import postgres from 'postgres'
import type { DatabaseAddress } from './connection.ts'
import { sqlState } from './connection-fault.ts'
import { readDatabaseUrl } from './database-url.ts'

/** Any number, the same for all: whoever holds it is the one that migrates this database. */
const migrationLock = 7_305_228_100
export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/**
 * A statement that waits for a table makes everybody after it wait as well, readers included. So it
 * gives up before the statements of the gateway do (2 s), lets them pass, and tries again.
 */
const lockMs = 1000
const pauseMs = 500

export interface MigrationOptions extends DatabaseAddress {
  /** URL of the role that owns the tables. Not through a pooler: the lock belongs to the connection. */
  readonly url: string
  /** Lets the gateway's role sign in with this password; left alone when not given. */
  readonly appRolePassword?: string
  /** Those of this release by default. */
  readonly folder?: string
  /** How long it may be kept waiting by others, in all. */
  readonly patienceMs?: number
  /** Told each time that it was kept waiting and tries again. */
  readonly onWait?: () => void
}

/**
 * Brings the database to the newest version. Several replicas may do it at once: the first one works,
 * the others wait and find nothing left to do. Each migration is done as a whole or not at all, and
 * holds its locks no longer than it takes.
 *
 * @throws when others kept it waiting for too long; running it again is safe
 */
export async function migrateDatabase({
  folder = migrationsFolder,
  patienceMs = 300_000,
  onWait = () => {},
  appRolePassword,
  ...address
}: MigrationOptions): Promise<void> {
  const connection = connect(address)
  const giveUpAt = performance.now() + patienceMs
  try {
    for (;;) {
      try {
        await connection`select pg_advisory_lock(${migrationLock})`
        await connection.unsafe(journalTable)
        for (const one of readMigrationFiles({ migrationsFolder: folder })) {
          await migrateOnce(connection, one)
        }
        if (appRolePassword) await letGatewaySignIn(connection, appRolePassword)
        return
      } catch (error) {
        if (sqlState(error) !== lockNotAvailable) throw explained(error)
        if (performance.now() > giveUpAt) throw new Error(keptWaiting, { cause: error })
        onWait()
        await wait(pauseMs)
      }
    }
  } finally {
    // Ends the connection and with it the lock.
    await connection.end({ timeout: 5 })
  }
}

/** As `drizzle-kit` has it, which runs all that is new in one transaction. */
const journalTable = `
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (
    id serial primary key,
    hash text not null,
    created_at bigint
  )`

async function migrateOnce(
  connection: postgres.Sql,
  { sql: statements, folderMillis, hash }: MigrationMeta,
): Promise<void> {
  await connection.begin(async (tx) => {
    const [done] = await tx<[{ newest: string | null }]>`
      select max(created_at) as newest from drizzle.__drizzle_migrations`
    if (Number(done.newest) >= folderMillis) return
    for (const statement of statements) await tx.unsafe(statement)
    await tx`
      insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`
  })
}

const lockNotAvailable = '55P03'
const keptWaiting =
  'others have held what the migration needs for too long: another migration, or a transaction that never ends (see pg_stat_activity). Nothing is half done; run it again'

function connect({ url, ca }: DatabaseAddress): postgres.Sql {
  const way = readDatabaseUrl(url)
  return postgres(way.url, {
    max: 1,
    connect_timeout: 10,
    max_lifetime: null,
    // By name, also where the name is an address: the driver would compare it with `localhost`.
    ssl: way.security === 'verified' ? { host: way.host, ...(ca ? { ca } : {}) } : false,
    connection: {
      lock_timeout: lockMs,
      // A migrating machine that is gone gives the lock back within a minute.
      tcp_keepalives_idle: 30,
      tcp_keepalives_interval: 10,
      tcp_keepalives_count: 3,
    },
    onnotice: () => {},
  })
}

/** A pooler does not know the settings of the connection. */
const explained = (error: unknown): unknown =>
  sqlState(error) === '08P01'
    ? new Error('MIGRATION_DATABASE_URL must lead to the database itself, not to a pooler', {
        cause: error,
      })
    : error

/** `alter role` takes no parameters, so Postgres itself quotes the password. */
async function letGatewaySignIn(connection: postgres.Sql, password: string): Promise<void> {
  const [row] = await connection<[{ statement: string }]>`
    select format('alter role dashgate_gateway login password %L', ${password}::text) as statement`
  await connection.unsafe(row.statement)
}
