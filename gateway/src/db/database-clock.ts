import { sql } from 'drizzle-orm'
import type { Database } from './client.ts'

/** What the database's clock shows, in milliseconds since the epoch. */
export async function readDatabaseClock(database: Pick<Database, 'forPurpose'>): Promise<number> {
  const [row] = await database.forPurpose('session', (tx) =>
    tx.execute<{ now: number }>(
      sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`,
    ),
  )
  if (!row) throw new Error('the database did not say what time it is')
  return row.now
}
