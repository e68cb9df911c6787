import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../db/client.ts'
import { sessions } from '../db/schema.ts'
import type { Principal } from './principal.ts'
import { alive, byDatabaseClock } from './session-store.ts'

/** Issuer and subject: nothing less is a person. */
type Person = Pick<Principal, 'issuer' | 'sub'>

/** One of a person's sessions as its page shows it; times in milliseconds since the epoch. */
export interface OwnSession {
  readonly idHash: string
  readonly tenantId: string | undefined
  readonly userAgent: string | undefined
  readonly signedInAt: number
  readonly lastUsedAt: number
}

/** More than anybody has at once; only a script signs in so often, and then the rest end unseen. */
const mostShown = 100

const ofPerson = ({ issuer, sub }: Person) =>
  and(eq(sessions.issuer, issuer), eq(sessions.sub, sub), alive)

/** In rows of the release before, the two are missing. */
const signedInAt = sql`coalesce(${sessions.signedInAt}, ${sessions.createdAt})`
const lastUsedAt = sql`coalesce(${sessions.lastUsedAt}, ${sessions.createdAt})`

/** The sessions of one person, for that person alone. */
export function createOwnSessionsStore(database: Database) {
  return {
    /** Those that live, the given one first, then as they were used last. */
    async list(person: Person, first: string): Promise<OwnSession[]> {
      const rows = await database.forPurpose('session', (tx) =>
        tx
          .select({
            idHash: sessions.idHash,
            tenantId: sessions.tenantId,
            userAgent: sessions.userAgent,
            signedInAt: signedInAt.mapWith(sessions.createdAt),
            lastUsedAt: lastUsedAt.mapWith(sessions.createdAt),
          })
          .from(sessions)
          .where(ofPerson(person))
          .orderBy(desc(eq(sessions.idHash, first)), desc(lastUsedAt), sessions.idHash)
          .limit(mostShown),
      )
      return rows.map((row) => ({
        ...row,
        tenantId: row.tenantId ?? undefined,
        userAgent: row.userAgent ?? undefined,
        signedInAt: row.signedInAt.getTime(),
        lastUsedAt: row.lastUsedAt.getTime(),
      }))
    },

    /** Tenants that the person acted for last, newest first: as long as ended sessions are kept, a day. */
    async recentTenants({ issuer, sub }: Person, most: number): Promise<string[]> {
      const rows = await database.forPurpose('session', (tx) =>
        tx
          .select({ tenantId: sessions.tenantId })
          .from(sessions)
          .where(and(eq(sessions.issuer, issuer), eq(sessions.sub, sub)))
          .orderBy(desc(sessions.createdAt))
          .limit(mostShown),
      )
      const ids = new Set(rows.flatMap(({ tenantId }) => tenantId ?? []))
      return [...ids].slice(0, most)
    },

    /**
     * Ends sessions of a person. The database notifies the replicas; the one that asked is told by
     * what comes back.
     *
     * @param which hashes of those; what is not this person's stays as it is. `others` are all but one
     * @param record written in the same transaction, unless nothing was ended
     * @returns the hashes of those that were ended
     */
    async end(
      person: Person,
      which: { readonly idHash: string } | { readonly allBut: string },
      record: (tx: Transaction, ended: readonly string[]) => Promise<void>,
    ): Promise<string[]> {
      return database.forPurpose('session', async (tx) => {
        const chosen =
          'idHash' in which
            ? eq(sessions.idHash, which.idHash)
            : sql`${sessions.idHash} <> ${which.allBut}`
        const rows = await tx
          .update(sessions)
          .set({ revokedAt: byDatabaseClock, revokedReason: 'ended_elsewhere' })
          .where(and(ofPerson(person), chosen))
          .returning({ idHash: sessions.idHash })
        const ended = rows.map((row) => row.idHash)
        if (ended.length > 0) await record(tx, ended)
        return ended
      })
    },
  }
}

export type OwnSessionsStore = ReturnType<typeof createOwnSessionsStore>
