import { and, asc, inArray, sql } from 'drizzle-orm'
import type { AuditLine } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { keyRings, sessions } from '../db/schema.ts'
import { tryLockRings } from './key-store.ts'
import type { RingName } from './key-row.ts'
import { acceptedAfterRetirement, lateUse } from './retention.ts'

export interface RemovedKey {
  readonly ring: RingName
  readonly kid: string
}

export interface RemovalOptions {
  /** The longest that a session can be. */
  readonly sessionSeconds: number
  readonly recordIn: (tx: Transaction, line: AuditLine) => Promise<void>
}

/** In one go; there are rarely more than a handful. */
const atOnce = 100

/**
 * Removes the keys that nothing can depend on any more, with a line in the audit log for each. Of
 * several replicas one does it.
 */
export function removeSpentKeys(
  database: Database,
  { sessionSeconds, recordIn }: RemovalOptions,
): Promise<readonly RemovedKey[]> {
  return database.forPurpose('keys', async (tx) => {
    if (!(await tryLockRings(tx))) return []
    const spent = await tx
      .select({ ring: keyRings.ring, kid: keyRings.kid, retiredAt: keyRings.retiredAt })
      .from(keyRings)
      .where(and(isOver(sessionSeconds), sql`not ${isNeeded}`))
      .orderBy(asc(keyRings.id))
      .limit(atOnce)
    if (spent.length === 0) return []
    const kids = spent.map(({ kid }) => kid)
    await tx.delete(keyRings).where(inArray(keyRings.kid, kids))
    for (const { ring, kid, retiredAt } of spent) {
      await recordIn(tx, {
        action: 'secret.removed',
        actor: { type: 'gateway', id: 'gateway' },
        requestId: 'key-removal',
        detail: { ring, kid, retiredAt: retiredAt?.toISOString() },
      })
    }
    return spent.map(({ ring, kid }) => ({ ring, kid }))
  })
}

const isOver = (sessionSeconds: number) => sql`
  ${keyRings.retiredAt} < now() - make_interval(secs => case ${keyRings.ring}
    when 'tenant-token' then ${acceptedAfterRetirement('tenant-token', sessionSeconds)}::int
    else ${acceptedAfterRetirement('cookie', sessionSeconds)}::int
  end)`

/**
 * Whether a session may still hang on the key. By the times alone there is none, unless sessions
 * were longer once than they are now.
 */
const isNeeded = sql`(${keyRings.ring} <> 'tenant-token' and exists (
  select from ${sessions}
  where ${sessions.revokedAt} is null
    and ${sessions.absoluteExpiresAt} > now()
    and ${sessions.createdAt} < ${keyRings.retiredAt} + make_interval(secs => ${lateUse}::int)
))`
