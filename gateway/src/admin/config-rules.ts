import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { Transaction } from '../db/client.ts'
import { assignments, dashboards, tenants } from '../db/schema.ts'
import { fitConfig, type ConfigState } from '../tenant/config-fit.ts'
import { compileConfigSchema, type CompiledSchema } from '../tenant/config-schema.ts'
import type { ConfigFault } from '../tenant/config-shape.ts'
import type { FieldFault } from './faults.ts'
import { InvalidInput } from './problem.ts'

/**
 * Settings stand in three tables and must fit together, so that whoever changes them waits for
 * whoever does already: of two changes that each fit alone, the second sees the first.
 */
export const lockSettings = (tx: Transaction) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('dashgate.settings', 0))`)

interface Settings {
  readonly tenant: string
  readonly dashboard: string
  readonly state: ConfigState
}

/** What comes out of the levels as they are in this transaction: what it has written counts. */
async function settingsWhere(tx: Transaction, condition: SQL): Promise<Settings[]> {
  const rows = await tx
    .select({
      tenant: tenants.id,
      dashboard: dashboards.slug,
      schema: dashboards.configSchema,
      levels: {
        dashboard: dashboards.defaultConfig,
        tenant: tenants.config,
        assignment: assignments.config,
      },
    })
    .from(assignments)
    .innerJoin(tenants, eq(tenants.id, assignments.tenantId))
    .innerJoin(dashboards, eq(dashboards.slug, assignments.dashboardSlug))
    .where(condition)
    .orderBy(asc(dashboards.slug), asc(tenants.id))
  const compiled = new Map<string, CompiledSchema>()
  return rows.map(({ tenant, dashboard, schema, levels }) => {
    const ready =
      schema === null ? undefined : (compiled.get(dashboard) ?? compileConfigSchema(schema))
    if (ready) compiled.set(dashboard, ready)
    return { tenant, dashboard, state: fitConfig(ready, levels) }
  })
}

const faultsOf = ({ state }: Settings): readonly ConfigFault[] => (state.ok ? [] : state.faults)

const fieldOf = (...path: readonly string[]): string => path.join('.').slice(0, 200)

/** As many as help. */
const shown = 20

function refuse(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new InvalidInput(faults.slice(0, shown))
}

/** Refuses a dashboard whose schema is none, or whose defaults or tenants do not fit it. */
export async function refuseUnfitDashboard(
  tx: Transaction,
  slug: string,
  {
    configSchema,
    defaultConfig,
  }: Pick<typeof dashboards.$inferSelect, 'configSchema' | 'defaultConfig'>,
): Promise<void> {
  const schema = configSchema === null ? undefined : compileConfigSchema(configSchema)
  if (schema && !schema.ok) {
    const { path, message } = schema.fault
    refuse([{ field: fieldOf('configSchema', ...path), message }])
  }
  const own = fitConfig(schema, { dashboard: defaultConfig, tenant: {}, assignment: {} })
  if (!own.ok) {
    refuse(
      own.faults.map(({ path, message }) => ({
        field: fieldOf('defaultConfig', ...path),
        message,
      })),
    )
  }
  const ofTenants = await settingsWhere(tx, eq(assignments.dashboardSlug, slug))
  refuse(
    ofTenants.flatMap((settings) =>
      faultsOf(settings).map(({ path, message }) => ({
        field: configSchema === null ? 'defaultConfig' : 'configSchema',
        message: `tenant ${settings.tenant}: ${fieldOf('config', ...path)} ${message}`,
        tenant: settings.tenant,
      })),
    ),
  )
}

/** Refuses a tenant's config that is wrong in itself, or with which one of its dashboards could not work. */
export async function refuseUnfitTenant(
  tx: Transaction,
  { id, config }: Pick<typeof tenants.$inferSelect, 'id' | 'config'>,
): Promise<void> {
  const own = fitConfig(undefined, { dashboard: {}, tenant: config, assignment: {} })
  if (!own.ok) {
    refuse(own.faults.map(({ path, message }) => ({ field: fieldOf('config', ...path), message })))
  }
  refuse(await tenantFaults(tx, id))
}

/** What of a tenant's settings does not fit its dashboards, by field of its config. */
export async function tenantFaults(tx: Transaction, tenantId: string): Promise<FieldFault[]> {
  const all = await settingsWhere(tx, eq(assignments.tenantId, tenantId))
  return all.flatMap((settings) => faultsOf(settings).map((fault) => faultOn(settings, fault)))
}

/**
 * Refuses assignments whose settings do not fit, of those that were changed.
 *
 * @param prefixes by dashboard, where in the body its assignment stands
 */
export async function refuseUnfitAssignments(
  tx: Transaction,
  tenantId: string,
  prefixes: ReadonlyMap<string, string>,
): Promise<void> {
  const changed = await settingsWhere(
    tx,
    and(
      eq(assignments.tenantId, tenantId),
      inArray(assignments.dashboardSlug, [...prefixes.keys()]),
    ) ?? sql`false`,
  )
  refuse(
    changed.flatMap((settings) =>
      faultsOf(settings).map((fault) => {
        const inBody = faultOn(settings, fault)
        return { ...inBody, field: `${prefixes.get(settings.dashboard) ?? ''}${inBody.field}` }
      }),
    ),
  )
}

const faultOn = ({ dashboard }: Settings, { path, message }: ConfigFault): FieldFault => ({
  field: fieldOf('config', ...path),
  message: `dashboard ${dashboard}: ${message}`,
  dashboard,
})
