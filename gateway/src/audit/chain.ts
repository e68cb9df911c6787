import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'

/** A line of the log as one can note it elsewhere. */
export interface Place {
  readonly id: number
  readonly hash: string
}

export type Finding =
  | { readonly result: 'whole'; readonly last: Place }
  /** A line was changed, removed or added there. */
  | { readonly result: 'broken'; readonly at: number }
  /** All fits, but it is not the log that was noted. */
  | { readonly result: 'rewritten'; readonly at: number }

export interface CheckOptions {
  /** Lines in one statement. */
  readonly batch?: number
  /** What somebody noted of the log before, where its owner cannot change it. */
  readonly noted?: Place | undefined
  readonly onProgress?: (lines: number) => void
}

const beginning: Place = { id: 0, hash: '0'.repeat(64) }

/** Half a MiB a line at most, hashed at some hundred MiB a second: a minute is ample. */
const limitMs = 60_000

/** Follows the chain of hashes from the first line to the head, in pieces of a moment each. */
export async function checkChain(
  database: Pick<Database, 'forPurpose'>,
  { batch = 5000, noted, onProgress }: CheckOptions = {},
): Promise<Finding> {
  for (let place = beginning; ;) {
    // A piece ends at the line that was noted, so that its hash is seen.
    const toNoted = noted === undefined ? 0 : noted.id - place.id
    const wanted = toNoted > 0 ? Math.min(batch, toNoted) : batch
    const { lines, last, brokenAt } = await checkPiece(database, place, wanted)
    if (brokenAt !== undefined) return { result: 'broken', at: brokenAt }
    place = last
    if (place.id === noted?.id && place.hash !== noted.hash) {
      return { result: 'rewritten', at: place.id }
    }
    onProgress?.(place.id)
    if (lines === wanted) continue
    if (noted !== undefined && noted.id > place.id) return { result: 'rewritten', at: noted.id }
    return { result: 'whole', last: place }
  }
}

async function checkPiece(
  database: Pick<Database, 'forPurpose'>,
  after: Place,
  count: number,
): Promise<{ lines: number; last: Place; brokenAt: number | undefined }> {
  const [row] = await database.forPurpose(
    'admin',
    (tx) =>
      tx.execute<{ lines: string; last_id: string; last_hash: string; broken_at: string | null }>(
        sql`select * from audit_chain_check(${after.id}, ${after.hash}, ${count})`,
      ),
    limitMs,
  )
  if (!row) throw new Error('The audit log has no head: the database is not that of a gateway')
  return {
    lines: Number(row.lines),
    last: { id: Number(row.last_id), hash: row.last_hash },
    brokenAt: row.broken_at === null ? undefined : Number(row.broken_at),
  }
}
