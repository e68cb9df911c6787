import { and, asc, gt, lte, type SQL } from 'drizzle-orm'
import { stringify } from 'csv-stringify/sync'
import type { Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'

type AuditRow = typeof auditLogs.$inferSelect

/** How lines are written, and what stands above them. */
interface ExportFormat {
  readonly name: string
  readonly head: string
  write(rows: readonly AuditRow[]): string
}

const columns: readonly (keyof AuditRow)[] = [
  'id',
  'at',
  'action',
  'actorType',
  'actor',
  'actorEmail',
  'tenantId',
  'dashboardSlug',
  'requestId',
  'detail',
  'prevHash',
  'hash',
]

const csv = (rows: readonly unknown[]): string =>
  stringify([...rows], {
    columns: [...columns],
    // RFC 4180, section 2; all text in quotes, as a line break in it may be of any kind.
    record_delimiter: '\r\n',
    quoted_string: true,
    // What a client sent as its name must not run in an auditor's spreadsheet (OWASP, CSV injection).
    escape_formulas: true,
    cast: {
      date: (moment) => moment.toISOString(),
      string: (text) => (text.startsWith('\n') ? `'${text}` : text),
    },
  })

/** By media type. */
export const exportFormats: Readonly<Record<string, ExportFormat>> = {
  'application/x-ndjson': {
    name: 'ndjson',
    head: '',
    write: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  },
  'text/csv': { name: 'csv', head: `${columns.join(',')}\r\n`, write: csv },
}

/** A line has half a MiB at most: a change of a config and a logo, before and after. */
const batch = 100

/** For the rare lines that are far apart, and found by reading all between them. */
const batchMs = 60_000

/**
 * All lines that fit, oldest first, in batches, each in a transaction of its own: memory and
 * snapshots stay small however long the log is, and however slowly it is read.
 *
 * @param upTo the last line that counts; the log grows while it is read
 */
export async function* exportedLines(
  database: Database,
  format: ExportFormat,
  condition: SQL | undefined,
  upTo: number,
): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder()
  if (format.head !== '') yield bytes.encode(format.head)
  for (let after = 0; ;) {
    const isNext = and(condition, gt(auditLogs.id, after), lte(auditLogs.id, upTo))
    const rows = await database.forPurpose(
      'admin',
      (tx) => tx.select().from(auditLogs).where(isNext).orderBy(asc(auditLogs.id)).limit(batch),
      batchMs,
    )
    const last = rows.at(-1)
    if (!last) return
    yield bytes.encode(format.write(rows))
    after = last.id
  }
}

/**
 * Hands a failure to `cut`, which ends the connection: a file that breaks off must not look whole.
 * Left alone, it would end with the text of the error as far as the server gets, and not be logged.
 */
export async function* cutWhereItFails(
  chunks: AsyncIterable<Uint8Array>,
  cut: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    cut(error)
  }
}
