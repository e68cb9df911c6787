import { Hono } from 'hono'
import type { AdminEnv } from './admin-env.ts'
import { readDescription } from './description-api.ts'
import { describeAdminApi } from './openapi.ts'
import { handle } from './operation.ts'

/** GET /admin/openapi.json: what else there is. */
export function descriptionRoutes() {
  const routes = new Hono<AdminEnv>()
  const document = describeAdminApi()
  handle(routes, readDescription, (c) => c.json(document))
  return routes
}
