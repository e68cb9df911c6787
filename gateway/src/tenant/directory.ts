import { asc, eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { assignments, dashboards, tenants } from '../db/schema.ts'

export interface Branding {
  readonly displayName?: string
  /** A `data:` URI of an image. */
  readonly logo?: string
  /** Colours as `#rrggbb`. */
  readonly colors?: { readonly primary?: string }
}

export interface Tenant {
  readonly id: string
  readonly displayName: string
  readonly status: 'active' | 'suspended'
  readonly branding: Branding
  readonly storagePrefix: string
  readonly config: Readonly<Record<string, unknown>>
}

export interface Dashboard {
  readonly slug: string
  readonly title: string
  readonly description: string
  /** Origin of the app behind it. */
  readonly appUrl: string
  readonly defaultConfig: Readonly<Record<string, unknown>>
}

interface Assignment {
  readonly tenantId: string
  readonly dashboard: Dashboard
  readonly config: Readonly<Record<string, unknown>>
}

/** What is known of tenants, dashboards and assignments at one moment. */
interface Snapshot {
  readonly tenants: ReadonlyMap<string, Tenant>
  readonly dashboards: ReadonlyMap<string, Dashboard>
  /** Enabled ones only, in the order of the tenant. */
  readonly assignments: ReadonlyMap<string, readonly Assignment[]>
}

/** Tenants, dashboards and assignments, held in memory: no request waits for the database. */
export interface TenantDirectory {
  tenant(id: string): Tenant | undefined
  tenants(): readonly Tenant[]
  dashboard(slug: string): Dashboard | undefined
  /** The dashboards that are assigned to a tenant, in its order. */
  dashboardsOf(tenantId: string): readonly Dashboard[]
  /** The dashboard's defaults, over them the tenant's config, over that the assignment's. */
  configFor(tenantId: string, slug: string): Record<string, unknown>
  /** Reads everything again; a failure leaves the last state. */
  reload(): Promise<void>
}

async function readSnapshot(database: Database): Promise<Snapshot> {
  return database.forPurpose('directory', async (tx) => {
    const tenantRows = await tx.select().from(tenants)
    const dashboardRows = await tx.select().from(dashboards)
    const assignmentRows = await tx
      .select()
      .from(assignments)
      .where(eq(assignments.enabled, true))
      .orderBy(asc(assignments.position), asc(assignments.dashboardSlug))
    const bySlug = new Map(dashboardRows.map((row): [string, Dashboard] => [row.slug, row]))
    const byTenant = new Map<string, Assignment[]>()
    for (const row of assignmentRows) {
      const dashboard = bySlug.get(row.dashboardSlug)
      if (!dashboard) continue
      const list = byTenant.get(row.tenantId) ?? []
      list.push({ tenantId: row.tenantId, dashboard, config: row.config })
      byTenant.set(row.tenantId, list)
    }
    return {
      tenants: new Map(tenantRows.map((row): [string, Tenant] => [row.id, row])),
      dashboards: bySlug,
      assignments: byTenant,
    }
  })
}

const empty: Snapshot = { tenants: new Map(), dashboards: new Map(), assignments: new Map() }

/** A directory that knows nothing until its first `reload()`. */
export function createTenantDirectory(database: Database): TenantDirectory {
  let current = empty
  return {
    tenant: (id) => current.tenants.get(id),
    tenants: () => [...current.tenants.values()],
    dashboard: (slug) => current.dashboards.get(slug),
    dashboardsOf: (tenantId) =>
      (current.assignments.get(tenantId) ?? []).map((assignment) => assignment.dashboard),
    configFor(tenantId, slug) {
      const assignment = current.assignments
        .get(tenantId)
        ?.find((one) => one.dashboard.slug === slug)
      return {
        ...current.dashboards.get(slug)?.defaultConfig,
        ...current.tenants.get(tenantId)?.config,
        ...assignment?.config,
      }
    },
    async reload() {
      current = await readSnapshot(database)
    },
  }
}
