import { and, desc, eq, lt } from 'drizzle-orm'
import { Hono } from 'hono'
import type { Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'
import type { AdminEnv } from './admin-env.ts'
import { queryOf } from './input.ts'
import { auditQuery } from './schemas.ts'

/** The audit log, newest first; `before` is the id from which to read on. */
export function auditRoutes(database: Database) {
  const routes = new Hono<AdminEnv>()
  routes.get('/admin/audit-logs', async (c) => {
    const { limit, tenantId, action, before } = queryOf(c, auditQuery)
    const rows = await database.forPurpose('admin', (tx) =>
      tx
        .select()
        .from(auditLogs)
        .where(
          and(
            tenantId === undefined ? undefined : eq(auditLogs.tenantId, tenantId),
            action === undefined ? undefined : eq(auditLogs.action, action),
            before === undefined ? undefined : lt(auditLogs.id, before),
          ),
        )
        .orderBy(desc(auditLogs.id))
        .limit(limit),
    )
    return c.json({ auditLogs: rows })
  })
  return routes
}
