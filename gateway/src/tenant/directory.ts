import { asc, eq } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { assignments, dashboards, tenants } from '../db/schema.ts'
import { fitConfig, type ConfigState } from './config-fit.ts'
import type { ConfigLevels } from './config-merge.ts'
import { createSchemaCache } from './config-schema-cache.ts'
import { asTenantSeesIt } from './dashboard-words.ts'

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
  /** Its own limits, in place of those of the settings. */
  readonly limits: Readonly<Record<string, unknown>>
}

export interface Dashboard {
  readonly slug: string
  readonly title: string
  readonly description: string
  /** Origin of the app behind it. */
  readonly appUrl: string
  readonly defaultConfig: Readonly<Record<string, unknown>>
  /** JSON Schema of its settings. */
  readonly configSchema: Readonly<Record<string, unknown>> | null
}

interface Assignment {
  /** As the tenant sees it. */
  readonly dashboard: Dashboard
  readonly levels: ConfigLevels
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
  /** The dashboards that are assigned to a tenant, in its order, and as it calls them. */
  dashboardsOf(tenantId: string): readonly Dashboard[]
  /**
   * The dashboard's defaults, over them the tenant's config, over that the assignment's: if what comes
   * out fits. `undefined` when the dashboard is not assigned.
   */
  configFor(tenantId: string, slug: string): ConfigState | undefined
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
    const byId = new Map(tenantRows.map((row): [string, Tenant] => [row.id, row]))
    const bySlug = new Map(dashboardRows.map((row): [string, Dashboard] => [row.slug, row]))
    const byTenant = new Map<string, Assignment[]>()
    for (const { tenantId, dashboardSlug, config } of assignmentRows) {
      const tenant = byId.get(tenantId)
      const dashboard = bySlug.get(dashboardSlug)
      if (!tenant || !dashboard) continue
      const list = byTenant.get(tenantId) ?? []
      list.push({
        dashboard: asTenantSeesIt(dashboard, tenant.config, config),
        levels: { dashboard: dashboard.defaultConfig, tenant: tenant.config, assignment: config },
      })
      byTenant.set(tenantId, list)
    }
    return { tenants: byId, dashboards: bySlug, assignments: byTenant }
  })
}

const empty: Snapshot = { tenants: new Map(), dashboards: new Map(), assignments: new Map() }

/** A directory that knows nothing until its first `reload()`. */
export function createTenantDirectory(database: Database): TenantDirectory {
  let current = empty
  /** Worked out when first asked for; assignments are new with each snapshot. */
  const states = new WeakMap<Assignment, ConfigState>()
  const schemas = createSchemaCache()

  function stateOf(assignment: Assignment): ConfigState {
    const known = states.get(assignment)
    if (known) return known
    const { configSchema } = assignment.dashboard
    const schema = configSchema === null ? undefined : schemas.compiled(configSchema)
    const state = fitConfig(schema, assignment.levels)
    states.set(assignment, state)
    return state
  }

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
      return assignment && stateOf(assignment)
    },
    async reload() {
      current = await readSnapshot(database)
      schemas.keepOnly([...current.dashboards.values()].map((one) => one.configSchema))
    },
  }
}
