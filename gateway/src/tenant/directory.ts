import { isDeepStrictEqual } from 'node:util'
import type { Database } from '../db/client.ts'
import { choicesOf, renewedChoices } from './choices.ts'
import { fitConfig, type ConfigState } from './config-fit.ts'
import { createSchemaCache } from './config-schema-cache.ts'
import {
  readAllTenants,
  readChangedTenants,
  readDashboards,
  readTenantsOf,
} from './directory-store.ts'
import {
  assignedTo,
  createRecordMaker,
  tenantOf,
  type Assignment,
  type Dashboards,
  type TenantRecord,
} from './records.ts'
import type { Dashboard, Tenant, TenantChoice } from './tenant.ts'

/** What a notification says was changed: the number of a change that names tenants, or more than that. */
export type DirectoryChange = number | 'dashboards' | 'everything'

/** Tenants, dashboards and assignments, held in memory: no request waits for the database. */
export interface TenantDirectory {
  tenant(id: string): Tenant | undefined
  /** All of them, by name. */
  tenants(): readonly TenantChoice[]
  tenantCount(): number
  dashboard(slug: string): Dashboard | undefined
  dashboards(): Iterable<Dashboard>
  /** The dashboards that are assigned to a tenant, in its order, and as it calls them. */
  dashboardsOf(tenantId: string): readonly Dashboard[]
  /**
   * The dashboard's defaults, over them the tenant's config, over that the assignment's: if what comes
   * out fits. `undefined` when the dashboard is not assigned.
   */
  configFor(tenantId: string, slug: string): ConfigState | undefined
  /** What the next `renew()` has to read. */
  note(change: DirectoryChange): void
  /** Reads what was noted; a failure leaves the last state, and what is still to be read. */
  renew(): Promise<void>
  /** Reads everything again; as `renew()`, one at a time. */
  reload(): Promise<void>
}

/** So many changes at once are read faster with everything else. */
const fewTenants = 1000

/** A directory that knows nothing until its first `reload()`. */
export function createTenantDirectory(database: Database): TenantDirectory {
  let records = new Map<string, TenantRecord>()
  let dashboards: Dashboards = new Map()
  /** Made when first asked for, since few ever do. */
  let choices: readonly TenantChoice[] | undefined
  /** Worked out when first asked for; an assignment is new whenever anything of it is. */
  const states = new WeakMap<Assignment, ConfigState>()
  const schemas = createSchemaCache()
  let noted = new Set<DirectoryChange>()
  let turn: Promise<void> = Promise.resolve()

  function stateOf(assignment: Assignment): ConfigState {
    const known = states.get(assignment)
    if (known) return known
    const { configSchema } = assignment.dashboard
    const schema = configSchema === null ? undefined : schemas.compiled(configSchema)
    const state = fitConfig(schema, assignment.levels)
    states.set(assignment, state)
    return state
  }

  const assigned = (tenantId: string) => {
    const record = records.get(tenantId)
    return record && assignedTo(record, dashboards)
  }

  function takeDashboards(rows: readonly Dashboard[]): void {
    const isSame = (one: Dashboard) => isDeepStrictEqual(one, dashboards.get(one.slug))
    // As long as it is the same map, nothing that was made of it is made again.
    if (rows.length === dashboards.size && rows.every(isSame)) return
    dashboards = new Map(rows.map((row) => [row.slug, row]))
    schemas.keepOnly(rows.map((one) => one.configSchema))
  }

  async function readEverything(): Promise<void> {
    const rows = await database.forPurpose('directory', readDashboards)
    const recordOf = createRecordMaker(records)
    const read = new Map<string, TenantRecord>()
    await readAllTenants(database, (page) => {
      for (const text of page) read.set(text.id, recordOf(text))
    })
    takeDashboards(rows)
    records = read
    choices = undefined
  }

  /** @returns whether that was enough */
  async function readChanged(changes: ReadonlySet<DirectoryChange>): Promise<boolean> {
    const numbers = new Set([...changes].filter((change) => typeof change === 'number'))
    if (changes.has('everything') || numbers.size > fewTenants) return false
    const read = await database.forPurpose('directory', async (tx) => {
      const ids = numbers.size > 0 ? await readChangedTenants(tx, numbers) : new Set<string>()
      if (!ids || ids.size > fewTenants) return undefined
      return {
        ids,
        rows: changes.has('dashboards') ? await readDashboards(tx) : undefined,
        texts: ids.size > 0 ? await readTenantsOf(tx, [...ids]) : [],
      }
    })
    if (!read) return false
    const { ids, rows, texts } = read
    if (rows) takeDashboards(rows)
    const recordOf = createRecordMaker(records)
    const changed = new Map(texts.map((text) => [text.id, recordOf(text)]))
    for (const id of ids) {
      const record = changed.get(id)
      if (record) records.set(id, record)
      else records.delete(id)
    }
    if (choices) choices = renewedChoices(choices, ids, texts)
    return true
  }

  async function readNoted(): Promise<void> {
    const changes = noted
    noted = new Set()
    try {
      if (changes.size > 0 && !(await readChanged(changes))) await readEverything()
    } catch (error) {
      noted = new Set([...changes, ...noted])
      throw error
    }
  }

  function renew(): Promise<void> {
    const reading = turn.then(readNoted)
    turn = reading.catch(() => {})
    return reading
  }

  return {
    tenant(id) {
      const record = records.get(id)
      return record && tenantOf(record)
    },
    tenants: () => (choices ??= choicesOf([...records.values()].map(({ text }) => text))),
    tenantCount: () => records.size,
    dashboard: (slug) => dashboards.get(slug),
    dashboards: () => dashboards.values(),
    dashboardsOf: (tenantId) => assigned(tenantId)?.dashboards ?? [],
    configFor(tenantId, slug) {
      const found = assigned(tenantId)?.assignments.find((one) => one.dashboard.slug === slug)
      return found && stateOf(found)
    },
    note: (change) => void noted.add(change),
    renew,
    reload() {
      noted.add('everything')
      return renew()
    },
  }
}
