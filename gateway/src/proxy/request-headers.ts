import type { IncomingHttpHeaders } from 'node:http'
import type { Principal } from '../session/principal.ts'

/**
 * What of a client's headers an app may see. The list is one of permission: whatever is not on it,
 * the session cookie, `Authorization`, forwarded headers and every spelling of our own names
 * included, never arrives. Hop-by-hop fields (RFC 9110 §7.6.1) are not on it either, so that
 * naming a field in `Connection` has no effect.
 */
const passed = [
  'accept',
  'accept-language',
  'content-encoding',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'origin',
  'range',
  'user-agent',
] as const

/** Besides those, what a WebSocket handshake is made of (RFC 6455 §4.1). */
const passedWithHandshake = [
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
] as const

/** What we state to the app about a request; the plain ones are for its logs, it trusts the token. */
export interface Identity {
  readonly principal: Principal
  readonly tenantId: string
  readonly dashboard: string
  readonly tenantToken: string
  readonly requestId: string
  readonly traceparent: string
  readonly tracestate: string | undefined
}

/** Where a request came in; what the client claims of it is not taken. */
export interface Arrival {
  /** The `Host` that browsers know us by; Dash compares it with `Origin`. */
  readonly host: string
  readonly protocol: 'http' | 'https'
  readonly clientAddress: string
}

/** A claim may hold any character; a header field may not (RFC 9110 §5.5). */
const fieldSafe = (value: string) =>
  value.replace(/[^\x20-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()))

/**
 * The complete header section of a forwarded request.
 *
 * @param headers as node parsed them, one value a name for all that are passed
 */
export function upstreamHeaders(
  headers: IncomingHttpHeaders,
  identity: Identity,
  arrival: Arrival,
): Record<string, string> {
  const out: Record<string, string> = {
    host: arrival.host,
    // On loopback compressing costs more than it saves, and index pages are rewritten.
    'accept-encoding': 'identity',
    'x-forwarded-for': arrival.clientAddress,
    'x-forwarded-host': arrival.host,
    'x-forwarded-proto': arrival.protocol,
    'x-tenant-id': identity.tenantId,
    'x-user-sub': fieldSafe(identity.principal.sub),
    'x-user-email': fieldSafe(identity.principal.email),
    'x-user-role': identity.principal.role,
    'x-dashboard-slug': identity.dashboard,
    'x-request-id': identity.requestId,
    'x-tenant-token': identity.tenantToken,
    traceparent: identity.traceparent,
  }
  if (identity.tracestate !== undefined) out['tracestate'] = identity.tracestate
  // None of these is one of ours, so that nothing is overwritten.
  for (const name of passed) {
    const value = headers[name]
    if (typeof value === 'string') out[name] = value
  }
  return out
}

/** The header section of a forwarded handshake. */
export function upstreamHandshakeHeaders(
  headers: IncomingHttpHeaders,
  identity: Identity,
  arrival: Arrival,
): Record<string, string> {
  const out = upstreamHeaders(headers, identity, arrival)
  for (const name of passedWithHandshake) {
    const value = headers[name]
    if (typeof value === 'string') out[name] = value
  }
  return { ...out, connection: 'Upgrade', upgrade: 'websocket' }
}
