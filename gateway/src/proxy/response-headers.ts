import type { IncomingHttpHeaders } from 'node:http'

/** RFC 9110 §7.6.1, and what older servers add to it. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * What an app may not decide. It shares the origin with all others, so its cookies could overwrite
 * the session or carry one tenant's state into another's visit; policies are the gateway's own.
 */
const withheld = [
  'alt-svc',
  'clear-site-data',
  'content-security-policy',
  'content-security-policy-report-only',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'nel',
  'permissions-policy',
  'public-key-pins',
  'referrer-policy',
  'report-to',
  'reporting-endpoints',
  'server',
  'service-worker-allowed',
  'set-cookie',
  'set-cookie2',
  'sourcemap',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'x-gateway-error',
  'x-powered-by',
  'x-request-id',
]

const never = new Set([...hopByHop, ...withheld])

/** Names that `Connection` adds to the hop-by-hop ones. */
const namedIn = (connection: string | undefined) =>
  (connection ?? '').split(',').map((name) => name.trim().toLowerCase())

/**
 * What of an app's response headers a browser may see.
 *
 * @param basePath `/dashboard/<slug>/`
 */
export function downstreamHeaders(
  headers: IncomingHttpHeaders,
  basePath: string,
): Record<string, string | string[]> {
  const dropped = new Set(namedIn(headers.connection))
  const out: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || never.has(name) || dropped.has(name)) continue
    // Whether another site may read an answer is not for an app to say.
    if (name.startsWith('access-control-')) continue
    out[name] = value
  }
  const location = headers.location
  if (location !== undefined) out['location'] = ownLocation(location, basePath)
  return out
}

/**
 * An app knows itself under an address that browsers do not: what points there becomes a path. Dash
 * doubles its prefix in `redirect_from` (measured), which is mended here too.
 */
function ownLocation(location: string, basePath: string): string {
  const url = URL.parse(location, 'http://app.invalid')
  if (!url) return basePath
  const path = url.pathname + url.search + url.hash
  const doubled = basePath + basePath.slice(1)
  if (path.startsWith(doubled)) return path.slice(basePath.length - 1)
  // A redirect never leaves the dashboard: neither to another site nor to the shell's own routes.
  return path.startsWith(basePath) ? path : basePath
}
