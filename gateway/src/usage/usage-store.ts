import { and, count, desc, eq, inArray, max, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'

/** How often one dashboard of a tenant was opened. */
export interface DashboardUse {
  readonly tenantId: string
  readonly dashboard: string
  readonly openings: number
  readonly people: number
  readonly lastAt: Date
}

export interface Opening {
  readonly at: Date
  readonly tenantId: string
  readonly dashboard: string
  readonly person: string
}

export interface Usage {
  /** Openings by day, `2026-11-23`; a day without any is left out. */
  readonly days: ReadonlyMap<string, number>
  /** The most used first. */
  readonly dashboards: readonly DashboardUse[]
  /** The newest first. */
  readonly openings: readonly Opening[]
}

/** More rows are no page; a file has more. */
const mostDashboards = 200
const mostOpenings = 50
const mostInFile = 10_000

const those = (tenants: readonly string[] | 'all', days: number) =>
  and(
    eq(auditLogs.action, 'dashboard.opened'),
    sql`${auditLogs.at} > now() - make_interval(days => ${days})`,
    tenants === 'all' ? undefined : inArray(auditLogs.tenantId, [...tenants]),
  )

const columns = {
  at: auditLogs.at,
  tenantId: sql<string>`coalesce(${auditLogs.tenantId}, '')`,
  dashboard: sql<string>`coalesce(${auditLogs.dashboardSlug}, '')`,
  person: sql<string>`coalesce(${auditLogs.actorEmail}, ${auditLogs.actor})`,
}

/**
 * Openings of dashboards, out of the audit log: of the tenants that somebody may act for.
 *
 * @param tenants ids, or `all`
 */
export function createUsageStore(database: Pick<Database, 'forPurpose'>) {
  return {
    read: (tenants: readonly string[] | 'all', days: number): Promise<Usage> =>
      database.forPurpose('usage', async (tx) => {
        const wanted = those(tenants, days)
        const day = sql<string>`to_char(${auditLogs.at} at time zone 'UTC', 'YYYY-MM-DD')`
        const byDay = await tx
          .select({ day, openings: count() })
          .from(auditLogs)
          .where(wanted)
          .groupBy(day)
        const dashboards = await tx
          .select({
            tenantId: columns.tenantId,
            dashboard: columns.dashboard,
            openings: count(),
            people: sql<number>`count(distinct ${auditLogs.actor})::int`,
            lastAt: max(auditLogs.at),
          })
          .from(auditLogs)
          .where(wanted)
          .groupBy(auditLogs.tenantId, auditLogs.dashboardSlug)
        const openings = await tx
          .select(columns)
          .from(auditLogs)
          .where(wanted)
          .orderBy(desc(auditLogs.id))
          .limit(mostOpenings)
        return {
          days: new Map(byDay.map((row) => [row.day, row.openings])),
          dashboards: dashboards
            .map((row) => ({ ...row, lastAt: row.lastAt ?? new Date(0) }))
            .toSorted((a, b) => b.openings - a.openings)
            .slice(0, mostDashboards),
          openings,
        }
      }),

    /** For a file: the newest openings, one by one. */
    list: (tenants: readonly string[] | 'all', days: number): Promise<Opening[]> =>
      database.forPurpose('usage', (tx) =>
        tx
          .select(columns)
          .from(auditLogs)
          .where(those(tenants, days))
          .orderBy(desc(auditLogs.id))
          .limit(mostInFile),
      ),
  }
}

export type UsageStore = ReturnType<typeof createUsageStore>
