import { Hono } from 'hono'
import type { ApiAccess } from './access-description.ts'
import type { AdminEnv } from './admin-env.ts'
import { readDescription } from './description-api.ts'
import { describeAdminApi } from './openapi.ts'
import { handle } from './operation.ts'

/** GET /admin/openapi.json: what else there is. */
export function descriptionRoutes(access: ApiAccess) {
  const routes = new Hono<AdminEnv>()
  const document = describeAdminApi(access)
  handle(routes, readDescription, (c) => c.json(document))
  return routes
}
