import type { Context } from 'hono'
import { notFound } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import { basePathOf } from './app-request.ts'
import { dashRoute, type DashRoute } from './dash-routes.ts'
import { exchangeOf } from './exchange.ts'
import type { httpHandler } from './http-handler.ts'
import type { socketHandler } from './socket-handler.ts'

/** What the request is for Dash; `undefined` when it is nothing that Dash's browser code asks for. */
function routeOf(c: Context<GatewayEnv>): DashRoute | undefined {
  const { path, query } = c.get('target')
  const { incoming, upgrade } = c.env
  const basePath = basePathOf(c.get('dashboard').slug)
  // The router found the slug in the same path; should it ever read it otherwise, nothing passes.
  if (!path.startsWith(basePath)) return undefined
  const serviceWorker = incoming.headers['service-worker']
  return dashRoute({
    method: incoming.method ?? '',
    isUpgrade: upgrade !== undefined && incoming.headers.upgrade?.toLowerCase() === 'websocket',
    rest: path.slice(basePath.length),
    query,
    serviceWorker: typeof serviceWorker === 'string' ? serviceWorker : undefined,
  })
}

export interface ProxyHandlers {
  readonly forward: ReturnType<typeof httpHandler>
  readonly openSocket: ReturnType<typeof socketHandler>
}

/** Passes requests for a dashboard on to its app; who may ask is decided before. */
export const proxyStage = ({ forward, openSocket }: ProxyHandlers) =>
  async function proxy(c: Context<GatewayEnv>): Promise<Response> {
    const route = routeOf(c)
    if (!route) throw notFound()
    c.set('exchange', exchangeOf(route, c.get('target')))
    return route === 'socket' ? openSocket(c) : forward(c, route)
  }
