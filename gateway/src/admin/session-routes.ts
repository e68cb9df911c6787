import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database } from '../db/client.ts'
import { sessions } from '../db/schema.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { jsonBody, queryOf } from './input.ts'
import { revokeBody, sessionsQuery } from './schemas.ts'

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

/** Sessions that are running, and their end. */
export function sessionRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  routes.get('/admin/sessions', async (c) => {
    const { limit, tenantId, sub } = queryOf(c, sessionsQuery)
    const rows = await database.forPurpose('admin', (tx) =>
      tx
        .select(view)
        .from(sessions)
        .where(
          and(
            alive,
            tenantId === undefined ? undefined : eq(sessions.tenantId, tenantId),
            sub === undefined ? undefined : eq(sessions.sub, sub),
          ),
        )
        .orderBy(desc(sessions.createdAt))
        .limit(limit),
    )
    return c.json({ sessions: rows })
  })

  routes.post('/admin/sessions/revoke', async (c) => {
    const whose = await jsonBody(c, revokeBody)
    return database.forPurpose('admin', async (tx) => {
      const rows = await tx
        .update(sessions)
        .set({ revokedAt: sql`now()`, revokedReason: 'operator' })
        .where(
          and(
            isNull(sessions.revokedAt),
            whose.sessionId === undefined ? undefined : eq(sessions.idHash, whose.sessionId),
            whose.sub === undefined ? undefined : eq(sessions.sub, whose.sub),
            whose.tenantId === undefined ? undefined : eq(sessions.tenantId, whose.tenantId),
          ),
        )
        .returning({ sessionId: sessions.idHash })
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'session.revoked',
        ...(whose.tenantId === undefined ? {} : { tenantId: whose.tenantId }),
        detail: { whose, revoked: rows.length },
      })
      return c.json({ revoked: rows.length })
    })
  })

  return routes
}
