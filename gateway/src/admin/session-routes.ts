import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database } from '../db/client.ts'
import { sessions } from '../db/schema.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { handle } from './operation.ts'
import { pageOf } from './page.ts'
import { listSessions, revokeSessions } from './session-api.ts'

const order = {
  columns: {
    createdAt: sessions.createdAt,
    idleExpiresAt: sessions.idleExpiresAt,
    absoluteExpiresAt: sessions.absoluteExpiresAt,
  },
  key: sessions.idHash,
}

/** What an operator may know of a session: its hash names it, and opens nothing. */
const view = {
  sessionId: sessions.idHash,
  sub: sessions.sub,
  email: sessions.email,
  role: sessions.role,
  tenantId: sessions.tenantId,
  createdAt: sessions.createdAt,
  idleExpiresAt: sessions.idleExpiresAt,
  absoluteExpiresAt: sessions.absoluteExpiresAt,
}

const alive = and(
  isNull(sessions.revokedAt),
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.absoluteExpiresAt, sql`now()`),
)

/** As many of the ended sessions as an audit line names. */
const named = 100

/** Sessions that are running, and their end. */
export function sessionRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  handle(routes, listSessions, async (c, { query }) => {
    const { tenantId, sub } = query
    const page = pageOf(order, query)
    const found = await database.forPurpose('admin', (tx) =>
      tx
        .select({ ...view, place: page.place })
        .from(sessions)
        .where(
          and(
            alive,
            page.after,
            tenantId === undefined ? undefined : eq(sessions.tenantId, tenantId),
            sub === undefined ? undefined : eq(sessions.sub, sub),
          ),
        )
        .orderBy(...page.orderBy)
        .limit(page.limit),
    )
    const { rows, nextCursor } = page.cut(found)
    return c.json({ sessions: rows, nextCursor })
  })

  handle(routes, revokeSessions, (c, { body: whose }) =>
    database.forPurpose('admin', async (tx) => {
      const ended = await tx
        .update(sessions)
        .set({ revokedAt: sql`clock_timestamp()`, revokedReason: 'operator' })
        .where(
          and(
            isNull(sessions.revokedAt),
            whose.sessionId === undefined ? undefined : eq(sessions.idHash, whose.sessionId),
            whose.sub === undefined ? undefined : eq(sessions.sub, whose.sub),
            whose.tenantId === undefined ? undefined : eq(sessions.tenantId, whose.tenantId),
          ),
        )
        .returning({ sessionId: sessions.idHash, sub: sessions.sub, email: sessions.email })
      if (ended.length > 0) {
        await audit.recordIn(tx, {
          ...audited(c),
          action: 'session.revoked',
          ...(whose.tenantId === undefined ? {} : { tenantId: whose.tenantId }),
          detail: { whose, revoked: ended.length, sessions: ended.slice(0, named) },
        })
      }
      return c.json({ revoked: ended.length })
    }),
  )

  return routes
}
