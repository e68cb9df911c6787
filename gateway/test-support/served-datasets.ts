import type { ServerResponse } from 'node:http'
import { Hono } from 'hono'
import { createDatasetRoutes } from '../src/data/dataset-routes.ts'
import { createDatasets } from '../src/data/datasets.ts'
import type { FileStorage } from '../src/data/file-storage.ts'
import { errorResponse } from '../src/edge/error-response.ts'
import type { GatewayError } from '../src/edge/gateway-error.ts'
import { intake } from '../src/edge/intake.ts'
import { requestId } from '../src/edge/request-id.ts'
import type { GatewayEnv } from '../src/request-context.ts'
import { serveApp, type ServedApp } from './serve-app.ts'

export interface ServedDatasets extends ServedApp {
  /** What was reported as ours to mend. */
  readonly reported: GatewayError[]
}

/** The dataset routes on a real listener, for one tenant. */
export async function serveDatasets(
  storage: FileStorage,
  storagePrefix = 'acme-corp',
  onRequest: (outgoing: ServerResponse | undefined) => void = () => {},
): Promise<ServedDatasets> {
  const reported: GatewayError[] = []
  const report = (error: GatewayError) => void reported.push(error)
  const app = new Hono<GatewayEnv>()
  app.onError(errorResponse({ report }))
  app.use(requestId(), intake(), async (c, next) => {
    onRequest(c.env.outgoing)
    await next()
  })
  app.route(
    '/datasets',
    createDatasetRoutes<GatewayEnv>(createDatasets(storage), {
      storagePrefixOf: () => storagePrefix,
      report,
    }),
  )
  return { ...(await serveApp(app)), reported }
}
