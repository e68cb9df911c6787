import type { IncomingHttpHeaders } from 'node:http'

/**
 * What an app may say in its response's header section. The list is one of permission: an app
 * shares the origin with all others, so cookies, policies, `WWW-Authenticate`, `Refresh`, `Link` and
 * whatever browsers learn next are not its to send, nor is what a server in front of us would obey
 * (`X-Accel-Redirect`). Hop-by-hop fields (RFC 9110 §7.6.1) are not on it either.
 */
const passed = [
  'accept-ranges',
  'allow',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  // Tells a server in front of us to pass a stream on as it comes; Dash sets it for its own.
  'x-accel-buffering',
] as const

/** Names that `Connection` takes out (RFC 9110 §7.6.1); undici gives a list where it came twice. */
function namedIn(connection: string | string[] | undefined): readonly string[] {
  // What nearly every app says.
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return []
  return String(connection)
    .split(',')
    .map((name) => name.trim().toLowerCase())
}

/**
 * What of an app's response headers a browser may see.
 *
 * @param basePath `/dashboard/<slug>/`
 */
export function downstreamHeaders(
  headers: IncomingHttpHeaders,
  basePath: string,
): Record<string, string> {
  const dropped = namedIn(headers.connection)
  const out: Record<string, string> = {}
  for (const name of passed) {
    const value: string | string[] | undefined = headers[name]
    if (value === undefined || dropped.includes(name)) continue
    out[name] = typeof value === 'string' ? value : value.join(', ')
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
  // Bytes come as characters of their own (latin1); those of a path are UTF-8, as browsers read them.
  const text = Buffer.from(location, 'latin1').toString()
  const url = URL.parse(text, 'http://app.invalid')
  if (!url) return basePath
  const path = url.pathname + url.search + url.hash
  const doubled = basePath + basePath.slice(1)
  if (path.startsWith(doubled)) return path.slice(basePath.length - 1)
  // A redirect never leaves the dashboard: neither to another site nor to the shell's own routes.
  return path.startsWith(basePath) ? path : basePath
}
