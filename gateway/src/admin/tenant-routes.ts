import { and, asc, eq } from 'drizzle-orm'
import { Hono } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database, Transaction } from '../db/client.ts'
import { assignments, dashboards, tenants } from '../db/schema.ts'
import { notFound } from '../edge/error-response.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { jsonBody, slugParam } from './input.ts'
import { InvalidInput } from './problem.ts'
import { assignmentsBody, tenantMetadata, type TenantMetadata } from './schemas.ts'

type TenantRow = typeof tenants.$inferSelect

/** The storage prefix is ours to keep; it never changes. */
function tenantView(row: TenantRow) {
  const { storagePrefix: _, ...tenant } = row
  return tenant
}

/** Locked, so that `before` in the audit line is what this change replaced. */
async function findTenant(tx: Transaction, id: string): Promise<TenantRow | undefined> {
  const [row] = await tx.select().from(tenants).where(eq(tenants.id, id)).for('update')
  return row
}

async function upsertTenant(
  tx: Transaction,
  id: string,
  changes: TenantMetadata,
): Promise<TenantRow | undefined> {
  const [row] = await tx
    .insert(tenants)
    .values({ id, displayName: id, storagePrefix: id, ...given(changes) })
    // An update always sets something, or Postgres would return no row.
    .onConflictDoUpdate({ target: tenants.id, set: { updatedAt: new Date(), ...given(changes) } })
    .returning()
  return row
}

/** Fields that were sent; `undefined` would be written as null. */
const given = (changes: TenantMetadata) =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))

const assignmentsOf = (tx: Transaction, tenantId: string) =>
  tx
    .select()
    .from(assignments)
    .where(eq(assignments.tenantId, tenantId))
    .orderBy(asc(assignments.position), asc(assignments.dashboardSlug))

async function refuseUnknown(
  tx: Transaction,
  slugs: readonly string[],
  isList: boolean,
): Promise<void> {
  const known = new Set(
    (await tx.select({ slug: dashboards.slug }).from(dashboards)).map((row) => row.slug),
  )
  const faults = slugs.flatMap((slug, index) =>
    known.has(slug)
      ? []
      : [
          {
            field: isList ? `${index}.slug` : 'slug',
            message: `there is no dashboard ${slug}; create it with PUT /admin/dashboards/${slug}`,
          },
        ],
  )
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** Tenants and what is assigned to them. */
export function tenantRoutes(database: Database, audit: Pick<AuditStore, 'recordIn'>) {
  const routes = new Hono<AdminEnv>()

  routes.get('/admin/tenants', async (c) => {
    const rows = await database.forPurpose('admin', (tx) =>
      tx.select().from(tenants).orderBy(asc(tenants.id)),
    )
    return c.json({ tenants: rows.map(tenantView) })
  })

  routes.get('/admin/tenants/:id', async (c) => {
    const id = slugParam(c, 'id')
    return database.forPurpose('admin', async (tx) => {
      const [row] = await tx.select().from(tenants).where(eq(tenants.id, id))
      if (!row) throw notFound()
      return c.json({ ...tenantView(row), dashboards: await assignmentsOf(tx, id) })
    })
  })

  routes.post('/admin/tenants/:id/metadata', async (c) => {
    const id = slugParam(c, 'id')
    const changes = await jsonBody(c, tenantMetadata)
    return database.forPurpose('admin', async (tx) => {
      const before = await findTenant(tx, id)
      const after = await upsertTenant(tx, id, changes)
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'tenant.changed',
        tenantId: id,
        detail: { before: before ?? null, after: after ?? null },
      })
      return c.json(after ? tenantView(after) : null, before ? 200 : 201)
    })
  })

  routes.post('/admin/tenants/:id/dashboards', async (c) => {
    const id = slugParam(c, 'id')
    const { isList, wanted } = await jsonBody(c, assignmentsBody)
    return database.forPurpose('admin', async (tx) => {
      if (!(await findTenant(tx, id))) throw notFound()
      await refuseUnknown(
        tx,
        wanted.map(({ slug }) => slug),
        isList,
      )
      const before = await assignmentsOf(tx, id)
      for (const { slug, ...values } of wanted) {
        await tx
          .insert(assignments)
          .values({ tenantId: id, dashboardSlug: slug, ...values })
          .onConflictDoUpdate({
            target: [assignments.tenantId, assignments.dashboardSlug],
            set: values,
          })
      }
      const after = await assignmentsOf(tx, id)
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'tenant.dashboards_assigned',
        tenantId: id,
        detail: { before, after },
      })
      return c.json({ dashboards: after })
    })
  })

  routes.delete('/admin/tenants/:id/dashboards/:slug', async (c) => {
    const id = slugParam(c, 'id')
    const slug = slugParam(c, 'slug')
    await database.forPurpose('admin', async (tx) => {
      const [removed] = await tx
        .delete(assignments)
        .where(and(eq(assignments.tenantId, id), eq(assignments.dashboardSlug, slug)))
        .returning()
      // Removing what is not there changes nothing, so nothing is recorded.
      if (!removed) return
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'tenant.dashboard_removed',
        tenantId: id,
        dashboard: slug,
        detail: { before: removed, after: null },
      })
    })
    return c.body(null, 204)
  })

  return routes
}
