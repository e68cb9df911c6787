import { createHash } from 'node:crypto'
import { and, eq, gt, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Database } from '../db/client.ts'
import { sessions, usedLogoutTokens } from '../db/schema.ts'
import type { Principal } from './principal.ts'
import type { AccessPeriod } from './refresh-point.ts'

/** A session row as the other stages see it; times in milliseconds since the epoch. */
export interface StoredSession {
  readonly idHash: string
  readonly principal: Principal
  readonly tenantId: string | undefined
  readonly idleExpiresAt: number
  readonly absoluteExpiresAt: number
  readonly access: AccessPeriod | undefined
  /** When a person was last seen at work in it, to the minute. */
  readonly lastUsedAt: number
}

export interface NewSession extends StoredSession {
  readonly signedInAt: number
  /** What the browser said of itself; nothing hangs on it. */
  readonly userAgent: string | undefined
  readonly opSid: string | undefined
  readonly refreshTokenSealed: string | undefined
}

/** Whose sessions a logout token ends: one session of the provider, or all of a subject. */
export type ProviderSession =
  | { readonly issuer: string; readonly sid: string }
  | { readonly issuer: string; readonly sub: string }

/** How a session id is kept: who reads the database cannot use what is there. */
export const hashSessionId = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('base64url')

/** Beyond that there is nothing in it that tells devices apart; the column takes no more. */
const longestUserAgent = 512

type AccessColumns = Pick<typeof sessions.$inferSelect, 'accessReceivedAt' | 'accessExpiresAt'>

export const columnsOfAccess = (access: AccessPeriod | undefined): AccessColumns => ({
  accessReceivedAt: access?.receivedAt === undefined ? null : new Date(access.receivedAt),
  accessExpiresAt: access === undefined ? null : new Date(access.expiresAt),
})

export const accessOf = (row: AccessColumns): AccessPeriod | undefined =>
  row.accessExpiresAt === null
    ? undefined
    : {
        receivedAt: row.accessReceivedAt?.getTime(),
        expiresAt: row.accessExpiresAt.getTime(),
      }

const rowOf = (session: NewSession): typeof sessions.$inferInsert => ({
  idHash: session.idHash,
  issuer: session.principal.issuer,
  sub: session.principal.sub,
  email: session.principal.email,
  role: session.principal.role,
  tenants: session.principal.tenants === 'all' ? null : [...session.principal.tenants],
  tenantId: session.tenantId ?? null,
  opSid: session.opSid ?? null,
  refreshTokenSealed: session.refreshTokenSealed ?? null,
  ...columnsOfAccess(session.access),
  idleExpiresAt: new Date(session.idleExpiresAt),
  absoluteExpiresAt: new Date(session.absoluteExpiresAt),
  lastUsedAt: new Date(session.lastUsedAt),
  signedInAt: new Date(session.signedInAt),
  userAgent: session.userAgent?.slice(0, longestUserAgent) ?? null,
})

const storedOf = (row: typeof sessions.$inferSelect): StoredSession => ({
  idHash: row.idHash,
  principal: {
    issuer: row.issuer,
    sub: row.sub,
    email: row.email,
    role: row.role === 'admin' ? 'admin' : 'viewer',
    tenants: row.tenants ?? 'all',
  },
  tenantId: row.tenantId ?? undefined,
  idleExpiresAt: row.idleExpiresAt.getTime(),
  absoluteExpiresAt: row.absoluteExpiresAt.getTime(),
  access: accessOf(row),
  lastUsedAt: (row.lastUsedAt ?? row.createdAt).getTime(),
})

/** Rows that are neither revoked nor past one of their ends, by the database's clock. */
export const alive = and(
  isNull(sessions.revokedAt),
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
)

/** The later of two moments; one that is missing is no moment. */
const later = (column: AnyPgColumn, moment: number) =>
  sql`greatest(${column}, ${new Date(moment).toISOString()}::timestamptz)`

/** One clock for all replicas: how long a revocation takes to reach the others is measured by it. */
export const byDatabaseClock = sql`clock_timestamp()`

export function createSessionStore(database: Database) {
  return {
    async create(session: NewSession): Promise<void> {
      await database.forPurpose('session', (tx) => tx.insert(sessions).values(rowOf(session)))
    },

    /**
     * Puts a session in the place of another, tokens included, in one transaction. Of several
     * attempts one succeeds, and none once the other has been revoked: a request that was let in
     * before must not bring it back to life.
     *
     * @param reseal makes the new row's refresh token out of the old one's
     * @returns whether there was a session to replace
     */
    async replace(
      oldIdHash: string,
      session: Omit<
        NewSession,
        'opSid' | 'refreshTokenSealed' | 'access' | 'signedInAt' | 'userAgent'
      >,
      reseal: (sealed: string) => Promise<string | undefined>,
    ): Promise<boolean> {
      return database.forPurpose('session', async (tx) => {
        const [old] = await tx
          .update(sessions)
          .set({ revokedAt: byDatabaseClock, revokedReason: 'replaced' })
          .where(and(eq(sessions.idHash, oldIdHash), alive))
          .returning({
            opSid: sessions.opSid,
            sealed: sessions.refreshTokenSealed,
            accessReceivedAt: sessions.accessReceivedAt,
            accessExpiresAt: sessions.accessExpiresAt,
            signedInAt: sql<Date>`coalesce(${sessions.signedInAt}, ${sessions.createdAt})`.mapWith(
              sessions.createdAt,
            ),
            userAgent: sessions.userAgent,
            refreshBegunAt: sessions.refreshBegunAt,
          })
        if (!old) return false
        await tx.insert(sessions).values({
          ...rowOf({
            ...session,
            opSid: old.opSid ?? undefined,
            refreshTokenSealed: old.sealed === null ? undefined : await reseal(old.sealed),
            access: accessOf(old),
            signedInAt: old.signedInAt.getTime(),
            userAgent: old.userAgent ?? undefined,
          }),
          refreshBegunAt: old.refreshBegunAt,
        })
        return true
      })
    },

    async findAlive(idHash: string): Promise<StoredSession | undefined> {
      const [row] = await database.forPurpose('session', (tx) =>
        tx
          .select()
          .from(sessions)
          .where(and(eq(sessions.idHash, idHash), alive)),
      )
      return row && storedOf(row)
    },

    /**
     * Notes that a person was seen at work, and sets a later idle end; never an earlier one, since
     * replicas do not know of each other's.
     */
    async extend(idHash: string, idleExpiresAt: number, usedAt: number): Promise<void> {
      await database.forPurpose('session', (tx) =>
        tx
          .update(sessions)
          .set({
            lastUsedAt: later(sessions.lastUsedAt, usedAt),
            idleExpiresAt: later(sessions.idleExpiresAt, idleExpiresAt),
          })
          .where(and(eq(sessions.idHash, idHash), alive)),
      )
    },

    async revoke(idHash: string, reason: string): Promise<void> {
      await database.forPurpose('session', (tx) =>
        tx
          .update(sessions)
          .set({ revokedAt: byDatabaseClock, revokedReason: reason })
          .where(and(eq(sessions.idHash, idHash), isNull(sessions.revokedAt))),
      )
    },

    /** How long ago a session was revoked; `undefined` for one that was not. */
    async secondsSinceRevoked(idHash: string): Promise<number | undefined> {
      const [row] = await database.forPurpose('session', (tx) =>
        tx
          .select({
            seconds: sql<number>`extract(epoch from clock_timestamp() - ${sessions.revokedAt})::float8`,
          })
          .from(sessions)
          .where(and(eq(sessions.idHash, idHash), isNotNull(sessions.revokedAt))),
      )
      return row?.seconds
    },

    /**
     * Ends what a logout token names. That the token was used and that the sessions are over is one
     * thing: if neither could be written, the provider may send it again.
     *
     * @returns the hashes of the sessions that were ended; `undefined` when it was used before
     */
    async revokeByProvider(
      which: ProviderSession,
      use: { readonly idHash: string; readonly forgetAfter: number },
    ): Promise<string[] | undefined> {
      const whose = 'sid' in which ? eq(sessions.opSid, which.sid) : eq(sessions.sub, which.sub)
      return database.forPurpose('session', async (tx) => {
        const firstUse = await tx
          .insert(usedLogoutTokens)
          .values({ idHash: use.idHash, forgetAfter: new Date(use.forgetAfter) })
          .onConflictDoNothing()
          .returning({ idHash: usedLogoutTokens.idHash })
        if (firstUse.length === 0) return undefined
        const rows = await tx
          .update(sessions)
          .set({ revokedAt: byDatabaseClock, revokedReason: 'backchannel_logout' })
          .where(and(eq(sessions.issuer, which.issuer), whose, isNull(sessions.revokedAt)))
          .returning({ idHash: sessions.idHash })
        return rows.map((row) => row.idHash)
      })
    },

    /**
     * Removes rows of sessions that ended by their age a day ago, and of logout tokens that are too old
     * to be used; the audit log keeps what is to be
     * known of them. So many at a time, and those that another replica is removing are left to it.
     */
    async removeEnded(atOnce = 1000): Promise<void> {
      await database.forPurpose('session', async (tx) => {
        // An hour more than needed: replicas' clocks may differ, and a row costs nothing.
        await tx
          .delete(usedLogoutTokens)
          .where(lt(usedLogoutTokens.forgetAfter, sql`now() - interval '1 hour'`))
        const ended = tx
          .select({ idHash: sessions.idHash })
          .from(sessions)
          .where(lt(sessions.absoluteExpiresAt, sql`now() - interval '1 day'`))
          .limit(atOnce)
          .for('update', { skipLocked: true })
        await tx.delete(sessions).where(inArray(sessions.idHash, ended))
      })
    },
  }
}

export type SessionStore = ReturnType<typeof createSessionStore>
