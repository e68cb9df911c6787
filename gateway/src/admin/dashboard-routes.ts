import { eq, getTableColumns } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database } from '../db/client.ts'
import { dashboards } from '../db/schema.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { lockSettings, refuseUnfitDashboard } from './config-rules.ts'
import { listDashboards, putDashboard, readDashboard } from './dashboard-api.ts'
import { differences, isEmpty } from './differences.ts'
import { handle } from './operation.ts'
import { pageOf } from './page.ts'
import { noSuch } from './problem.ts'

const order = {
  columns: {
    slug: dashboards.slug,
    title: dashboards.title,
    createdAt: dashboards.createdAt,
    updatedAt: dashboards.updatedAt,
  },
  key: dashboards.slug,
}

/** Dashboards: what they are called and which app is behind them. */
export function dashboardRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  handle(routes, listDashboards, async (c, { query }) => {
    const page = pageOf(order, query)
    const found = await database.forPurpose('admin', (tx) =>
      tx
        .select({ ...getTableColumns(dashboards), place: page.place })
        .from(dashboards)
        .where(page.after)
        .orderBy(...page.orderBy)
        .limit(page.limit),
    )
    const { rows, nextCursor } = page.cut(found)
    return c.json({ dashboards: rows, nextCursor })
  })

  handle(routes, readDashboard, async (c, { params: { slug } }) => {
    const [row] = await database.forPurpose('admin', (tx) =>
      tx.select().from(dashboards).where(eq(dashboards.slug, slug)),
    )
    if (!row) throw noSuch('dashboard', 'slug', slug)
    return c.json(row)
  })

  handle(routes, putDashboard, (c, { params: { slug }, body }) =>
    database.forPurpose('admin', async (tx) => {
      const line = { ...audited(c), action: 'dashboard.changed', dashboard: slug }
      await lockSettings(tx)
      const [created] = await tx
        .insert(dashboards)
        .values({ slug, ...body })
        .onConflictDoNothing({ target: dashboards.slug })
        .returning()
      if (created) {
        await refuseUnfitDashboard(tx, slug, created)
        await audit.recordIn(tx, { ...line, detail: { before: null, after: created } })
        return c.json(created, 201)
      }
      const [before] = await tx
        .select()
        .from(dashboards)
        .where(eq(dashboards.slug, slug))
        .for('update')
      if (!before) throw noSuch('dashboard', 'slug', slug)
      const changes = differences(before, body)
      if (isEmpty(changes)) return c.json(before)
      const [after = before] = await tx
        .update(dashboards)
        .set({ ...changes, updatedAt: new Date() })
        .where(eq(dashboards.slug, slug))
        .returning()
      if (changes.configSchema !== undefined || changes.defaultConfig !== undefined) {
        await refuseUnfitDashboard(tx, slug, after)
      }
      await audit.recordIn(tx, { ...line, detail: { before, after } })
      return c.json(after)
    }),
  )

  return routes
}
