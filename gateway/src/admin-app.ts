import { Hono, type MiddlewareHandler } from 'hono'
import type { ApiAccess } from './admin/access-description.ts'
import { auditRoutes } from './admin/audit-routes.ts'
import type { AdminEnv } from './admin/admin-env.ts'
import { dashboardRoutes } from './admin/dashboard-routes.ts'
import { descriptionRoutes } from './admin/description-routes.ts'
import { refuseOtherSites } from './admin/own-origin.ts'
import { problemResponse } from './admin/problem.ts'
import { secretRoutes, type RotatingKeys } from './admin/secret-routes.ts'
import { sessionRoutes } from './admin/session-routes.ts'
import { tenantRoutes } from './admin/tenant-routes.ts'
import type { AuditStore } from './audit/audit-store.ts'
import type { Database } from './db/client.ts'
import { notFound, type ErrorResponseOptions } from './edge/error-response.ts'
import type { GatewayEnv } from './request-context.ts'

export interface AdminDependencies {
  readonly database: Database
  readonly audit: AuditStore
  readonly keyRings: RotatingKeys
  /** Decides who is answered at all. */
  readonly requireOperator: MiddlewareHandler<AdminEnv>
  /** What callers are told of that. */
  readonly access: ApiAccess
  /** What every request gets on every listener, before and after that decision. */
  readonly edge: readonly MiddlewareHandler<GatewayEnv>[]
  readonly intake?: MiddlewareHandler<GatewayEnv>
  readonly report: ErrorResponseOptions['report']
}

/** The admin listener: tenants, dashboards, secrets, sessions and the audit log, for operators. */
export function createAdminApp({
  database,
  audit,
  keyRings,
  requireOperator,
  access,
  edge,
  intake,
  report,
}: AdminDependencies) {
  const app = new Hono<AdminEnv>()
  app.onError(problemResponse(report))
  app.notFound(() => {
    throw notFound()
  })
  for (const stage of edge) app.use(stage as MiddlewareHandler)
  app.use(requireOperator)
  if (intake) app.use(intake as MiddlewareHandler)
  app.use(refuseOtherSites)
  app.use(noStore)
  app.route('/', tenantRoutes(database, audit))
  app.route('/', dashboardRoutes(database, audit))
  app.route('/', secretRoutes(database, audit, keyRings))
  app.route('/', sessionRoutes(database, audit))
  app.route('/', auditRoutes(database, audit, report))
  app.route('/', descriptionRoutes(access))
  return app
}

/** What an operator may read is for nobody else, and old as soon as it is read. */
const noStore: MiddlewareHandler<AdminEnv> = async function noStore(c, next) {
  c.header('Cache-Control', 'no-store')
  await next()
}
