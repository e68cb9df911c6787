import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { CanonicalTarget } from './edge/canonical-path.ts'
import type { ClientKind } from './edge/client-kind.ts'
import type { LiveSession } from './session/live-session.ts'
import type { Dashboard, Tenant } from './tenant/tenant.ts'

/** The connection of a WebSocket handshake, and the bytes that came with it. */
export interface UpgradeConnection {
  readonly socket: Duplex
  readonly head: Buffer
}

/** What node hands over with each request; `outgoing` is missing when it is a handshake. */
export interface GatewayBindings {
  readonly incoming: IncomingMessage
  readonly outgoing?: ServerResponse
  readonly upgrade?: UpgradeConnection
}

/**
 * What a request is for, in metrics and logs: what Dash's browser code asks an app for, with questions
 * that a page asks by itself (`poll`) told from what a person does; `api` is everything else.
 */
export type RequestKind =
  'page' | 'layout' | 'callback' | 'poll' | 'asset' | 'stream' | 'socket' | 'api'

/** What an app was asked for, and what came of it; written by the proxy stage as it goes on. */
export interface Exchange {
  kind: RequestKind
  /** What a callback writes to, out of what its app lists. */
  callback: string | undefined
  /** From asking the app to the head of its answer. */
  upstreamSeconds: number | undefined
  requestBytes: number
  /** What counts the bytes of the answer as they come. */
  answer: { readonly receivedBytes: number } | undefined
}

/** Facts about one request, each set by one stage and only read by the later ones. */
export interface GatewayVariables {
  /** Set by the edge. */
  target: CanonicalTarget
  requestId: string
  /** When it came, by `performance.now()`. */
  startedAt: number
  traceparent: string
  /** What belongs to the trace of a caller of ours, as its makers wrote it. */
  tracestate: string | undefined
  clientKind: ClientKind
  /** Whom the request comes from, as far as our own proxies say; set on the public listener. */
  clientAddress: string
  /** For inline `<style>` of our own pages and inline `<script>` of an app's index page. */
  nonce: string
  /** Who asks, for the log; set as soon as it is known, on whichever listener. */
  caller: { readonly sub: string; readonly email: string }
  /** Set by the session stage; a request without a session goes no further than that. */
  session: LiveSession
  /** Set by the tenant stage. */
  tenant: Tenant
  /** Set by the access stage. */
  dashboard: Dashboard
  /** Set with it: whether the same question would be answered in the same way by now. */
  isStillAllowed: () => boolean
  /** Set by the proxy stage. */
  exchange: Exchange
  /** What the app answered to a handshake, 101 where the tunnel stands. */
  tunnelStatus: number
  /** The code of a refusal, for the access log. */
  refusal: string
}

export interface GatewayEnv {
  Bindings: GatewayBindings
  Variables: GatewayVariables
}
