import type { Context } from 'hono'
import type { GatewayEnv, RequestKind } from '../request-context.ts'
import { stage } from '../stage.ts'
import { hasLeft } from './answer.ts'

/** One finished request, as it is logged and counted. Queries are left out: they can hold handles. */
export interface AccessRecord {
  readonly requestId: string
  readonly traceId: string
  readonly kind: RequestKind
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationSeconds: number
  /** From asking an app to the head of its answer; absent where none was asked. */
  readonly upstreamSeconds: number | undefined
  readonly requestBytes: number
  readonly responseBytes: number
  readonly refusal: string | undefined
  readonly sub: string | undefined
  readonly email: string | undefined
  readonly tenantId: string | undefined
  readonly dashboard: string | undefined
  /** What a callback writes to, out of what its app lists. */
  readonly callback: string | undefined
  readonly upgrade: boolean
  readonly clientAddress: string | undefined
}

/** A client that hung up before its answer was complete; the number is nginx's, logs only. */
const clientClosedRequest = 499

/** Second field of `traceparent` (W3C Trace Context §3.2). */
const traceIdOf = (traceparent: string | undefined) => traceparent?.slice(3, 35) ?? ''

/** Of what goes to no app: a page of ours, a file, or something else. */
function kindOf(c: Context<GatewayEnv>, path: string): RequestKind {
  if (path.startsWith('/assets/') || path.startsWith('/_shared/')) return 'asset'
  const clientKind = c.get('clientKind')
  return clientKind === 'document' || clientKind === 'frame' ? 'page' : 'api'
}

function recordOf(c: Context<GatewayEnv>, status: number): AccessRecord {
  const caller = c.get('caller')
  const exchange = c.get('exchange')
  const path = c.get('target')?.path ?? ''
  return {
    requestId: c.get('requestId'),
    traceId: traceIdOf(c.get('traceparent')),
    kind: exchange?.kind ?? kindOf(c, path),
    method: c.env.incoming.method ?? '',
    path,
    status,
    durationSeconds: (performance.now() - c.get('startedAt')) / 1000,
    upstreamSeconds: exchange?.upstreamSeconds,
    requestBytes: exchange?.requestBytes ?? 0,
    responseBytes: exchange?.answer?.receivedBytes ?? 0,
    upgrade: c.env.upgrade !== undefined,
    clientAddress: c.get('clientAddress'),
    refusal: c.get('refusal'),
    sub: caller?.sub,
    email: caller?.email,
    tenantId: c.get('tenant')?.id ?? c.get('session')?.activeTenantId,
    dashboard: c.get('dashboard')?.slug,
    callback: exchange?.callback,
  }
}

/**
 * Hands over one record for each request, once its answer has left or its client has gone. A
 * handshake counts when it is decided, not when its stream ends.
 */
export const accessLog = (write: (record: AccessRecord) => void) =>
  stage(
    function accessLog(c) {
      c.set('startedAt', performance.now())
      const { outgoing } = c.env
      outgoing?.once('close', () => {
        write(recordOf(c, hasLeft(outgoing) ? outgoing.statusCode : clientClosedRequest))
      })
    },
    (c) => {
      if (!c.env.outgoing) write(recordOf(c, c.get('tunnelStatus') ?? c.res.status))
    },
  )
