import { and, eq, getTableColumns, gte, lt, max, or, sql, type SQL } from 'drizzle-orm'
import { Hono, type Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { AuditStore } from '../audit/audit-store.ts'
import type { Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'
import { asGatewayError, type ErrorResponseOptions } from '../edge/error-response.ts'
import { audited, type AdminEnv } from './admin-env.ts'
import { readAuditLogs, type AuditQuery } from './audit-api.ts'
import { cutWhereItFails, exportedLines, exportFormats } from './audit-export.ts'
import { handle } from './operation.ts'
import { pageOf } from './page.ts'
import { InvalidInput } from './problem.ts'

const order = { columns: { id: auditLogs.id }, key: auditLogs.id }

const given = (value: string | undefined, condition: (value: string) => SQL | undefined) =>
  value === undefined ? undefined : condition(value)

/** Which lines a query is about. */
const conditionOf = ({ tenantId, actor, action, dashboard, from, to }: AuditQuery) =>
  and(
    given(tenantId, (id) => eq(auditLogs.tenantId, id)),
    given(actor, (who) => or(eq(auditLogs.actor, who), eq(auditLogs.actorEmail, who))),
    given(action, (what) => eq(auditLogs.action, what)),
    given(dashboard, (slug) => eq(auditLogs.dashboardSlug, slug)),
    given(from, (at) => gte(auditLogs.at, sql`${at}::timestamptz`)),
    given(to, (at) => lt(auditLogs.at, sql`${at}::timestamptz`)),
  )

/** An export has all that fits; a limit that was passed over would look like the end of the log. */
function refusePaging(c: Context<AdminEnv>): void {
  const faults = ['limit', 'cursor', 'sort']
    .filter((field) => c.req.query(field) !== undefined)
    .map((field) => ({ field, message: 'belongs to pages; an export has all that fits' }))
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** The audit log: page by page, or all that fits as a file. */
export function auditRoutes(
  database: Database,
  audit: Pick<AuditStore, 'recordIn'>,
  report: ErrorResponseOptions['report'],
) {
  const routes = new Hono<AdminEnv>()

  async function page(c: Context<AdminEnv>, query: AuditQuery): Promise<Response> {
    const page = pageOf(order, query)
    const found = await database.forPurpose('admin', (tx) =>
      tx
        .select({ ...getTableColumns(auditLogs), place: page.place })
        .from(auditLogs)
        .where(and(conditionOf(query), page.after))
        .orderBy(...page.orderBy)
        .limit(page.limit),
    )
    const { rows, nextCursor } = page.cut(found)
    return c.json({ auditLogs: rows, nextCursor })
  }

  /** Written down before the first line leaves. */
  const recordExport = (c: Context<AdminEnv>, format: string, filters: Partial<AuditQuery>) =>
    database.forPurpose('admin', async (tx) => {
      const [newest] = await tx.select({ id: max(auditLogs.id) }).from(auditLogs)
      const upTo = newest?.id ?? 0
      await audit.recordIn(tx, {
        ...audited(c),
        action: 'audit.exported',
        ...(filters.tenantId === undefined ? {} : { tenantId: filters.tenantId }),
        detail: { format, filters, upTo },
      })
      return upTo
    })

  handle(routes, readAuditLogs, async (c, { query }) => {
    const type = accepts(c, {
      header: 'Accept',
      supports: ['application/json', ...Object.keys(exportFormats)],
      default: 'application/json',
    })
    const format = exportFormats[type]
    if (!format) return page(c, query)
    refusePaging(c)
    const { sort: _, ...filters } = query
    const upTo = await recordExport(c, format.name, filters)
    const lines = exportedLines(database, format, conditionOf(query), upTo)
    const file = cutWhereItFails(lines, (error) => {
      report(asGatewayError(error), c.get('requestId'))
      c.env.outgoing?.destroy()
    })
    return c.body(ReadableStream.from(file), 200, {
      'Content-Type': `${type}; charset=utf-8`,
      'Content-Disposition': `attachment; filename="audit-logs.${format.name}"`,
      'X-Content-Type-Options': 'nosniff',
    })
  })

  return routes
}
