import { asc, eq } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database } from '../db/client.ts'
import { dashboards } from '../db/schema.ts'
import { notFound } from '../edge/error-response.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { jsonBody, slugParam } from './input.ts'
import { dashboardBody } from './schemas.ts'

/** Dashboards: what they are called and which app is behind them. */
export function dashboardRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  routes.get('/admin/dashboards', async (c) => {
    const rows = await database.forPurpose('admin', (tx) =>
      tx.select().from(dashboards).orderBy(asc(dashboards.slug)),
    )
    return c.json({ dashboards: rows })
  })

  routes.get('/admin/dashboards/:slug', async (c) => {
    const slug = slugParam(c, 'slug')
    const [row] = await database.forPurpose('admin', (tx) =>
      tx.select().from(dashboards).where(eq(dashboards.slug, slug)),
    )
    if (!row) throw notFound()
    return c.json(row)
  })

  routes.put('/admin/dashboards/:slug', async (c) => {
    const slug = slugParam(c, 'slug')
    const values = await jsonBody(c, dashboardBody)
    return database.forPurpose('admin', async (tx) => {
      const [before] = await tx
        .select()
        .from(dashboards)
        .where(eq(dashboards.slug, slug))
        .for('update')
      const [after] = await tx
        .insert(dashboards)
        .values({ slug, ...values })
        .onConflictDoUpdate({ target: dashboards.slug, set: { ...values, updatedAt: new Date() } })
        .returning()
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'dashboard.changed',
        dashboard: slug,
        detail: { before: before ?? null, after: after ?? null },
      })
      return c.json(after, before ? 200 : 201)
    })
  })

  return routes
}
