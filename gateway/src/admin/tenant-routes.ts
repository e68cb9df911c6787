import { eq, getTableColumns } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { tenants } from '../db/schema.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { assign, assignmentsOf, removeAssignment } from './assignments.ts'
import { lockSettings, refuseUnfitTenant, tenantFaults } from './config-rules.ts'
import { differences, isEmpty } from './differences.ts'
import { handle } from './operation.ts'
import { pageOf } from './page.ts'
import { noSuch } from './problem.ts'
import {
  assignDashboards,
  changeTenant,
  listTenants,
  readTenant,
  removeDashboard,
} from './tenant-api.ts'

type TenantRow = typeof tenants.$inferSelect

const order = {
  columns: {
    id: tenants.id,
    displayName: tenants.displayName,
    createdAt: tenants.createdAt,
    updatedAt: tenants.updatedAt,
  },
  key: tenants.id,
}

/** The storage prefix is ours to keep; it never changes. */
function tenantView<Row extends TenantRow>(row: Row) {
  const { storagePrefix: _, ...tenant } = row
  return tenant
}

/** Locked, so that `before` in the audit line is what this change replaced. */
async function lockTenant(tx: Transaction, id: string): Promise<TenantRow> {
  const [row] = await tx.select().from(tenants).where(eq(tenants.id, id)).for('update')
  if (!row) throw noSuch('tenant', 'id', id)
  return row
}

/** Tenants and what is assigned to them. */
export function tenantRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  handle(routes, listTenants, async (c, { query }) => {
    const page = pageOf(order, query)
    const found = await database.forPurpose('admin', (tx) =>
      tx
        .select({ ...getTableColumns(tenants), place: page.place })
        .from(tenants)
        .where(page.after)
        .orderBy(...page.orderBy)
        .limit(page.limit),
    )
    const { rows, nextCursor } = page.cut(found)
    return c.json({ tenants: rows.map(tenantView), nextCursor })
  })

  handle(routes, readTenant, (c, { params: { id } }) =>
    database.forPurpose('admin', async (tx) => {
      const [row] = await tx.select().from(tenants).where(eq(tenants.id, id))
      if (!row) throw noSuch('tenant', 'id', id)
      return c.json({
        ...tenantView(row),
        dashboards: await assignmentsOf(tx, id),
        configFaults: await tenantFaults(tx, id),
      })
    }),
  )

  handle(routes, changeTenant, (c, { params: { id }, body }) =>
    database.forPurpose('admin', async (tx) => {
      const line = { ...audited(c), action: 'tenant.changed', tenantId: id }
      const wanted = differences({}, body)
      if (wanted.config !== undefined) await lockSettings(tx)
      const [created] = await tx
        .insert(tenants)
        .values({ id, displayName: id, storagePrefix: id, ...wanted })
        .onConflictDoNothing({ target: tenants.id })
        .returning()
      if (created) {
        await refuseUnfitTenant(tx, created)
        await audit.recordIn(tx, { ...line, detail: { before: null, after: created } })
        return c.json(tenantView(created), 201)
      }
      const before = await lockTenant(tx, id)
      const changes = differences(before, wanted)
      if (isEmpty(changes)) return c.json(tenantView(before))
      const [after = before] = await tx
        .update(tenants)
        .set({ ...changes, updatedAt: new Date() })
        .where(eq(tenants.id, id))
        .returning()
      if (changes.config !== undefined) await refuseUnfitTenant(tx, after)
      await audit.recordIn(tx, { ...line, detail: { before, after } })
      return c.json(tenantView(after))
    }),
  )

  handle(routes, assignDashboards, (c, { params: { id }, body }) =>
    database.forPurpose('admin', async (tx) => {
      await lockSettings(tx)
      await lockTenant(tx, id)
      const before = await assignmentsOf(tx, id)
      if (!(await assign(tx, id, before, body))) return c.json({ dashboards: before })
      const after = await assignmentsOf(tx, id)
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'tenant.dashboards_assigned',
        tenantId: id,
        detail: { before, after },
      })
      return c.json({ dashboards: after })
    }),
  )

  handle(routes, removeDashboard, (c, { params: { id, slug } }) =>
    database.forPurpose('admin', async (tx) => {
      await lockTenant(tx, id)
      const before = await removeAssignment(tx, id, slug)
      if (before) {
        await audit.recordIn(tx, {
          ...audited(c),
          action: 'tenant.dashboard_removed',
          tenantId: id,
          dashboard: slug,
          detail: { before, after: null },
        })
      }
      return c.body(null, 204)
    }),
  )

  return routes
}
