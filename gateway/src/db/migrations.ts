import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

/** Any number, the same for all: whoever holds it is the one that migrates this database. */
const migrationLock = 7_305_228_100
const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

export interface MigrationOptions {
  /** URL of the role that owns the tables. Not through a pooler: the lock belongs to the connection. */
  readonly url: string
  /** Lets the gateway's role sign in with this password; left alone when not given. */
  readonly appRolePassword?: string
}

/**
 * Brings the database to the newest version. Several replicas may do it at once: the first one
 * works, the others wait and find nothing left to do.
 */
export async function migrateDatabase({ url, appRolePassword }: MigrationOptions): Promise<void> {
  const connection = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} })
  try {
    await connection`select pg_advisory_lock(${migrationLock})`
    await migrate(drizzle(connection), { migrationsFolder })
    if (appRolePassword) await letGatewaySignIn(connection, appRolePassword)
  } finally {
    // Ends the connection and with it the lock.
    await connection.end({ timeout: 5 })
  }
}

/** `alter role` takes no parameters, so Postgres itself quotes the password. */
async function letGatewaySignIn(connection: postgres.Sql, password: string): Promise<void> {
  const [row] = await connection<[{ statement: string }]>`
    select format('alter role dashgate_gateway login password %L', ${password}::text) as statement`
  await connection.unsafe(row.statement)
}
