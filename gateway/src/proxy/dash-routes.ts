/** What a path under `/dashboard/<slug>/` is for Dash. */
export type DashRoute = 'page' | 'layout' | 'dependencies' | 'callback' | 'asset' | 'socket'

/** Routes of Dash itself by their first segment; other names that begin with `_` are not passed on. */
const ownRoutes: Readonly<Record<string, DashRoute>> = {
  '_dash-layout': 'layout',
  '_dash-dependencies': 'dependencies',
  '_dash-update-component': 'callback',
  '_dash-component-suites': 'asset',
  '_favicon.ico': 'asset',
  '_dash-ws-callback': 'socket',
}

/** These hold more than one segment; the others are complete as they are. */
const folders = new Set(['_dash-component-suites', 'assets'])

/** FastAPI's own pages, which describe every route of an app and pass no callback context. */
const documentation = new Set(['docs', 'redoc', 'openapi.json'])

/** Handles of background jobs must be signed, or anybody could name a process to end (plotly/dash#3902). */
const signedHandle = /~[0-9a-f]{64}$/
const handleKeys = ['job', 'oldJob', 'cancelJob', 'cacheKey']

export interface DashRequest {
  readonly method: string
  readonly isUpgrade: boolean
  /** What follows `/dashboard/<slug>/`, still encoded. */
  readonly rest: string
  /** With its `?`, or empty. */
  readonly query: string
  /** Value of the `Service-Worker` header, which a browser sends to fetch such a script. */
  readonly serviceWorker: string | undefined
}

function routeOf(rest: string): DashRoute | undefined {
  const [head = '', ...tail] = rest.split('/')
  const nested = tail.length > 0
  if (Object.hasOwn(ownRoutes, head)) {
    return folders.has(head) === nested ? ownRoutes[head] : undefined
  }
  if (head === 'assets' && nested) return 'asset'
  if (head.startsWith('_') || documentation.has(head)) return undefined
  return 'page'
}

function methodFits(route: DashRoute, { method, isUpgrade }: DashRequest): boolean {
  if (route === 'socket') return isUpgrade && method === 'GET'
  if (isUpgrade) return false
  // Dash answers a GET on the callback route with 200 and a page.
  return route === 'callback' ? method === 'POST' : method === 'GET' || method === 'HEAD'
}

function queryFits(query: string): boolean {
  const parameters = new URLSearchParams(query)
  // Werkzeug's interactive debugger answers on any path that has this key.
  if (parameters.has('__debugger__')) return false
  return handleKeys.every((key) =>
    parameters.getAll(key).every((value) => signedHandle.test(value)),
  )
}

/**
 * Decides whether a request is one that Dash's own browser code makes. Dash answers nearly every
 * path with 200, so what is not known is not passed on.
 *
 * @returns `undefined` for everything else
 */
export function dashRoute(request: DashRequest): DashRoute | undefined {
  if (request.serviceWorker !== undefined) return undefined
  const route = routeOf(request.rest)
  return route && methodFits(route, request) && queryFits(request.query) ? route : undefined
}
