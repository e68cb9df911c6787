import type { ConfigLevels } from './config-merge.ts'
import { asTenantSeesIt } from './dashboard-words.ts'
import type { TenantText } from './directory-store.ts'
import type { Dashboard, Tenant } from './tenant.ts'

export interface Assignment {
  /** As the tenant sees it. */
  readonly dashboard: Dashboard
  readonly levels: ConfigLevels
}

export type Dashboards = ReadonlyMap<string, Dashboard>

/** What is known of one tenant; taken apart when first asked for, and kept until it is changed. */
export interface TenantRecord {
  readonly text: TenantText
  tenant?: Tenant
  assigned?: {
    readonly assignments: readonly Assignment[]
    readonly dashboards: readonly Dashboard[]
    /** What they were made of. */
    readonly from: Dashboards
  }
}

export function parseTenant({ id, tenant }: TenantText): Tenant {
  const [displayName, status, branding, storagePrefix, config, limits] = JSON.parse(tenant) as [
    Tenant['displayName'],
    Tenant['status'],
    Tenant['branding'],
    Tenant['storagePrefix'],
    Tenant['config'],
    Tenant['limits'],
  ]
  return { id, displayName, status, branding, storagePrefix, config, limits }
}

export const tenantOf = (record: TenantRecord): Tenant =>
  (record.tenant ??= parseTenant(record.text))

export function assignedTo(record: TenantRecord, from: Dashboards) {
  if (record.assigned?.from === from) return record.assigned
  const tenant = tenantOf(record)
  const listed = JSON.parse(`[${record.text.assignments}]`) as [
    string,
    Assignment['levels']['assignment'],
  ][]
  const assignments = listed.flatMap(([slug, config]): Assignment[] => {
    const dashboard = from.get(slug)
    if (!dashboard) return []
    const levels = { dashboard: dashboard.defaultConfig, tenant: tenant.config, assignment: config }
    return [{ dashboard: asTenantSeesIt(dashboard, tenant.config, config), levels }]
  })
  const dashboards = assignments.map(({ dashboard }) => dashboard)
  return (record.assigned = { assignments, dashboards, from })
}

/** Records out of texts: what has not changed stays what it was, and equal lists are held once. */
export function createRecordMaker(before: ReadonlyMap<string, TenantRecord>) {
  const lists = new Map<string, string>()
  return function recordOf(text: TenantText): TenantRecord {
    const known = before.get(text.id)
    if (known?.text.tenant === text.tenant && known.text.assignments === text.assignments) {
      lists.set(known.text.assignments, known.text.assignments)
      return known
    }
    const assignments = lists.get(text.assignments) ?? text.assignments
    lists.set(assignments, assignments)
    return { text: { ...text, assignments } }
  }
}
