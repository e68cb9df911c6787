import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { notFound } from '../edge/error-response.ts'
import type { GatewayError } from '../edge/gateway-error.ts'
import type { WorkLimits } from '../limits/work.ts'
import type { GatewayEnv } from '../request-context.ts'
import { holdOpen, type EndReason } from '../session/live-session.ts'
import { appTarget, arrivalOf, basePathOf, identityOf } from './app-request.ts'
import { closeCodes, closeTunnel } from './close-frame.ts'
import { upstreamHandshakeHeaders } from './request-headers.ts'
import type { TenantTokenCache } from './tenant-token-cache.ts'
import type { Tunnel } from './tunnel.ts'

export interface SocketHandlerDependencies {
  readonly tunnel: Tunnel
  readonly tokens: Pick<TenantTokenCache, 'fresh'>
  readonly publicOrigin: string
  readonly work: Pick<WorkLimits, 'countSocket'>
  /** Told of each tunnel that opens; the answer is called when it closes. */
  readonly socketOpened: (tenantId: string, dashboard: string) => () => void
}

/** A socket ends before the token that its app holds, and comes back with a new one. */
const closeBeforeTokenEndSeconds = 30

/** Cuts a tunnel when its session ends, when its token is about to, or when we are. */
function supervise(
  c: Context<GatewayEnv>,
  client: Duplex,
  upstream: Duplex,
  tokenExpiresAt: number,
  closed: () => void,
) {
  const close = (code: number, reason: string) => closeTunnel(client, upstream, code, reason)
  const cut = (reason: EndReason) =>
    reason === 'shutting_down'
      ? close(closeCodes.goingAway, 'restarting')
      : close(
          closeCodes.sessionEnded,
          reason === 'session_ended' ? 'session ended' : 'access ended',
        )
  const secondsLeft = tokenExpiresAt - closeBeforeTokenEndSeconds - c.get('session').now() / 1000
  const renewal = setTimeout(
    () => close(closeCodes.serviceRestart, 'renewing'),
    Math.max(0, secondsLeft) * 1000,
  )
  const release = holdOpen(c.get('session'), { cut, isAllowed: c.get('isStillAllowed') })
  client.once('close', () => {
    clearTimeout(renewal)
    release()
    closed()
  })
}

/**
 * Refuses a handshake at once: the proxy ends the socket as soon as it has reported the failure, so
 * the refusal that the stages would write comes too late.
 */
function refuse(client: Duplex, { status, code }: GatewayError): void {
  if (!client.writable) return
  client.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nX-Gateway-Error: ${code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}

/** Opens a tunnel to the app for a WebSocket handshake. */
export function socketHandler({
  tunnel,
  tokens,
  publicOrigin,
  work,
  socketOpened,
}: SocketHandlerDependencies) {
  const publicUrl = new URL(publicOrigin)
  return async function openSocket(c: Context<GatewayEnv>): Promise<Response> {
    const { incoming, upgrade } = c.env
    if (!upgrade) throw notFound()
    work.countSocket(c, upgrade.socket)
    const { slug, appUrl } = c.get('dashboard')
    const tenantId = c.get('tenant').id
    const { token, expiresAt } = await tokens.fresh(c.get('session'), tenantId, slug)
    await new Promise<void>((opened, failed) => {
      tunnel({
        ...upgrade,
        incoming,
        appUrl,
        target: appTarget(c),
        headers: upstreamHandshakeHeaders(
          incoming.headers,
          identityOf(c, token),
          arrivalOf(c, publicUrl),
        ),
        basePath: basePathOf(slug),
        onFailure(error) {
          refuse(upgrade.socket, error)
          failed(error)
        },
        onRefusal(status) {
          c.set('tunnelStatus', status)
          opened()
        },
        onOpen(upstream) {
          supervise(c, upgrade.socket, upstream, expiresAt, socketOpened(tenantId, slug))
          c.set('tunnelStatus', 101)
          opened()
        },
      })
    })
    return RESPONSE_ALREADY_SENT
  }
}
