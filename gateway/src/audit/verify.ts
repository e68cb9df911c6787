/** Checks the audit log's chain: `npm run audit:verify`. Exit code 1 when a line does not fit. */
import { existsSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { connectDatabase } from '../db/client.ts'

const demo = new URL('../../../.dashgate/stack.json', import.meta.url)

/** The database of the environment, or that of the demo while it runs. */
function databaseUrl(): string {
  const given = process.env['DATABASE_URL']
  if (given !== undefined) return given
  if (!existsSync(demo)) throw new Error('Set DATABASE_URL to the Postgres URL of the gateway.')
  const stack = JSON.parse(readFileSync(demo, 'utf8')) as { appDatabaseUrl: string }
  return stack.appDatabaseUrl
}

/** A log of years takes its time. */
const limitMs = 3_600_000

const caFile = process.env['DATABASE_CA_FILE']
const ca = caFile ? readFileSync(caFile) : undefined
const database = connectDatabase({ url: databaseUrl(), ca, poolSize: 1 })
try {
  const [row] = await database.forPurpose(
    'admin',
    (tx) =>
      tx.execute<{ broken: string | null; lines: string }>(
        sql`select audit_chain_broken_at() as broken, (select count(*) from audit_logs) as lines`,
      ),
    limitMs,
  )
  if (row?.broken === null) {
    process.stdout.write(`The audit log is whole: ${row.lines} lines, each fits the one before.\n`)
  } else {
    process.stderr.write(
      `The audit log was tampered with: line ${row?.broken} was changed, removed or added. ` +
        'Compare it with a backup; the lines before it are as they were written.\n',
    )
    process.exitCode = 1
  }
} finally {
  await database.close()
}
