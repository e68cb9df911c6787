import { inArray, sql, type SQL } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import type { Database, Transaction } from '../db/client.ts'
import { assignments, dashboards, tenants } from '../db/schema.ts'
import type { Dashboard } from './tenant.ts'

/** A tenant with its assignments, as text: next to none of a hundred thousand is ever asked for. */
export interface TenantText {
  readonly id: string
  /** JSON: what `parseTenant` of records.ts takes apart. */
  readonly tenant: string
  /** JSON without its outer brackets: slug and config of each enabled one, in the order of the tenant. */
  readonly assignments: string
}

/**
 * So many tenants in one statement: neither comes near the limit of a transaction, nor keeps other work
 * of this process waiting when the answer is taken apart.
 */
const pageSize = 1000
/** Postgres works at the next pages meanwhile. */
const readersAtOnce = 2

export const readDashboards = (tx: Transaction): Promise<Dashboard[]> =>
  tx
    .select({
      slug: dashboards.slug,
      title: dashboards.title,
      description: dashboards.description,
      appUrl: dashboards.appUrl,
      replicaUrls: dashboards.replicaUrls,
      defaultConfig: dashboards.defaultConfig,
      configSchema: dashboards.configSchema,
    })
    .from(dashboards)

/** Reads all tenants, page by page. Not of one moment: what changes meanwhile must be read again. */
export async function readAllTenants(
  database: Database,
  take: (page: readonly TenantText[]) => void,
): Promise<void> {
  const ends = await database.forPurpose('directory', readPageEnds)
  let next = 0
  async function readPages(): Promise<void> {
    for (let page = next++; page < ends.length; page = next++) {
      const [after, upTo] = [ends[page - 1] ?? '', ends[page] ?? '']
      // Both ends are known, or Postgres would look at every tenant for each page: it cannot tell how
      // many of them row-level security lets through.
      const within = (id: AnyPgColumn) => sql`${id} > ${after} and ${id} <= ${upTo}`
      take(await database.forPurpose('directory', (tx) => readTenants(tx, within)))
    }
  }
  try {
    await Promise.all(Array.from({ length: readersAtOnce }, readPages))
  } finally {
    // When one has failed, the others need not go on.
    next = ends.length
  }
}

/** The last tenant of each page. */
async function readPageEnds(tx: Transaction): Promise<string[]> {
  const ends = await tx.execute<{ id: string }>(sql`
    select id from (
      select id, row_number() over (order by id desc) as place from tenants
    ) as numbered
    where place % ${pageSize} = 1 order by id`)
  return ends.map(({ id }) => id)
}

export const readTenantsOf = (tx: Transaction, ids: readonly string[]): Promise<TenantText[]> =>
  readTenants(tx, (id) => inArray(id, [...ids]))

/**
 * A row for each would cost the driver ten times as much as three long texts. JSON of Postgres holds no
 * raw line feed.
 */
async function readTenants(
  tx: Transaction,
  these: (id: AnyPgColumn) => SQL,
): Promise<TenantText[]> {
  const [row] = await tx.execute<Record<'ids' | 'tenants' | 'lists', string | null>>(sql`
    with page as (
      select id, json_build_array(
        display_name, status, branding, storage_prefix, config, limits
      )::text as tenant
      from tenants where ${these(tenants.id)}
    ), lists as (
      select tenant_id, string_agg(
        '["' || dashboard_slug || '",' || config::text || ']', ',' order by position, dashboard_slug
      ) as list
      from assignments where ${these(assignments.tenantId)} and enabled
      group by tenant_id
    )
    select string_agg(id, chr(10) order by id) as ids,
      string_agg(tenant, chr(10) order by id) as tenants,
      string_agg(coalesce(list, ''), chr(10) order by id) as lists
    from page left join lists on tenant_id = id`)
  if (!row || row.ids === null) return []
  const [texts, lists] = [row.tenants, row.lists].map((text) => (text ?? '').split('\n'))
  return row.ids.split('\n').map((id, index) => ({
    id,
    tenant: texts?.[index] ?? '',
    assignments: lists?.[index] ?? '',
  }))
}

/**
 * Which tenants were changed, by the numbers that notifications carry.
 *
 * @returns `undefined` when that is not known (any more)
 */
export async function readChangedTenants(
  tx: Transaction,
  changes: ReadonlySet<number>,
): Promise<Set<string> | undefined> {
  const rows = await tx.execute<{ tenant: string; change: string }>(sql`
    select id as change, unnest(tenants) as tenant
    from changed_tenants(array[${sql.join(
      [...changes].map((change) => sql`${change}`),
      sql`, `,
    )}]::bigint[])`)
  const found = new Set(rows.map(({ change }) => change))
  return found.size < changes.size ? undefined : new Set(rows.map(({ tenant }) => tenant))
}
