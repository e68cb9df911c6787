import { createMiddleware } from 'hono/factory'
import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { hasLeft } from './answer.ts'

/** One finished request, as it is logged and counted. Queries are left out: they can hold handles. */
export interface AccessRecord {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationSeconds: number
  readonly refusal: string | undefined
  readonly sub: string | undefined
  readonly email: string | undefined
  readonly tenantId: string | undefined
  readonly dashboard: string | undefined
  readonly upgrade: boolean
  readonly clientAddress: string | undefined
}

/** A client that hung up before its answer was complete; the number is nginx's, logs only. */
const clientClosedRequest = 499

function recordOf(c: Context<GatewayEnv>, status: number, startedAt: number): AccessRecord {
  const caller = c.get('caller')
  return {
    requestId: c.get('requestId'),
    method: c.env.incoming.method ?? '',
    path: c.get('target')?.path ?? '',
    status,
    durationSeconds: (performance.now() - startedAt) / 1000,
    upgrade: c.env.upgrade !== undefined,
    clientAddress: c.get('clientAddress'),
    refusal: c.get('refusal'),
    sub: caller?.sub,
    email: caller?.email,
    tenantId: c.get('tenant')?.id ?? c.get('session')?.activeTenantId,
    dashboard: c.get('dashboard')?.slug,
  }
}

/**
 * Hands over one record for each request, once its answer has left or its client has gone. A
 * handshake counts when it is decided, not when its stream ends.
 */
export const accessLog = (write: (record: AccessRecord) => void) =>
  createMiddleware<GatewayEnv>(async function accessLog(c, next) {
    const startedAt = performance.now()
    const { outgoing } = c.env
    outgoing?.once('close', () => {
      write(recordOf(c, hasLeft(outgoing) ? outgoing.statusCode : clientClosedRequest, startedAt))
    })
    await next()
    if (!outgoing) write(recordOf(c, c.get('tunnelStatus') ?? c.res.status, startedAt))
  })
