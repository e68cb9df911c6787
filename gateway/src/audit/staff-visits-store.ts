import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'
import { type StaffVisit, visitsOf } from './staff-visits.ts'

/** Lines that one page is made of. */
const pageSize = 300

export interface StaffVisits {
  readonly visits: readonly StaffVisit[]
  /** Where older ones go on, if there are any: a moment to the microsecond, as lines of one millisecond differ in it. */
  readonly olderThan: string | undefined
}

/** What `olderThan` looks like; anything else is nowhere to go on. */
const isMoment = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) && Date.parse(text) > 0

/** As the index audit_logs_of_staff has it: written out, since Postgres does not look into parameters. */
const isOfStaff = sql`(action = 'tenant.switched'
  or action = 'dashboard.opened' and detail ->> 'role' = 'admin')`

/** What a tenant's own people may read of the audit log: when staff looked at their data, and why. */
export function createStaffVisitsStore(database: Pick<Database, 'inTenant'>) {
  return {
    async list(tenantId: string, before = ''): Promise<StaffVisits> {
      const isOlder = isMoment(before) ? sql`at < ${before}::timestamptz` : undefined
      const lines = await database.inTenant(tenantId, (tx) =>
        tx
          .select({
            at: auditLogs.at,
            moment: sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
            action: auditLogs.action,
            actor: auditLogs.actor,
            actorEmail: auditLogs.actorEmail,
            dashboard: auditLogs.dashboardSlug,
            requestId: auditLogs.requestId,
            // And nothing else of the detail: it names the tenant that staff came from.
            reason: sql<string | null>`detail ->> 'reason'`,
          })
          .from(auditLogs)
          .where(and(eq(auditLogs.tenantId, tenantId), isOfStaff, isOlder))
          .orderBy(desc(auditLogs.id))
          .limit(pageSize),
      )
      return {
        visits: visitsOf(lines),
        olderThan: lines.length < pageSize ? undefined : lines.at(-1)?.moment,
      }
    },
  }
}

export type StaffVisitsStore = ReturnType<typeof createStaffVisitsStore>
