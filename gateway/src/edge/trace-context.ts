import type { IncomingHttpHeaders } from 'node:http'
import { randomHex } from './random-hex.ts'

/** What a caller says of the trace that its request is part of. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate: string | undefined
}

/**
 * Version, trace id, parent id and flags, in lower case (W3C Trace Context §3.2). A version after ours may have
 * more behind them (§4.3); ids of nothing but zeros and version `ff` are none.
 */
const written =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/

const sampled = 1

const mostStateLength = 512
const mostStateMembers = 32

/** `key=value`, of which the key may name a tenant of its vendor (§3.3.1.3). */
const stateMember =
  /^[a-z0-9][a-z0-9_\-*/]{0,255}(?:@[a-z][a-z0-9_\-*/]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** A list that breaks a rule is left out as a whole, which costs the trace nothing (§3.3.1). */
function stateOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > mostStateLength) return undefined
  const members = text.split(',').map((member) => member.trim())
  const named = members.filter((member) => member !== '')
  const isList = named.length <= mostStateMembers && named.every((one) => stateMember.test(one))
  return isList && named.length > 0 ? named.join(',') : undefined
}

/**
 * The trace of a request, with a span of ours as the parent of what we ask for; `undefined` where the header
 * is missing or malformed. Only for callers whose word counts.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function continuedTrace(headers: IncomingHttpHeaders): TraceContext | undefined {
  const { traceparent, tracestate } = headers
  // Several of them, which node joins with commas, are not one.
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId, flags = '', more] = written.exec(traceparent) ?? []
  if (traceId === undefined || (version === '00' && more !== undefined)) return undefined
  // Of the flags we know one, and set no other (§3.2.2.3.2).
  const ours = (Number.parseInt(flags, 16) & sampled).toString(16).padStart(2, '0')
  return {
    traceparent: `00-${traceId}-${randomHex(8)}-${ours}`,
    tracestate: stateOf(tracestate?.toString()),
  }
}
