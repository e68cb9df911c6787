import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { notFound } from '../edge/error-response.ts'
import type { WorkLimits } from '../limits/work.ts'
import type { GatewayEnv } from '../request-context.ts'
import { holdOpen, type EndReason } from '../session/live-session.ts'
import type { AppAddresses, Place } from './app-addresses.ts'
import type { AppPools } from './app-pools.ts'
import { appTarget, arrivalOf, identityOf } from './app-request.ts'
import { closeCodes, closeTunnel, closeWithEither } from './close-frame.ts'
import { isUnconnected } from './failures.ts'
import { upstreamHandshakeHeaders } from './request-headers.ts'
import type { TenantTokenCache } from './tenant-token-cache.ts'
import type { Tunnel } from './tunnel.ts'

export interface SocketHandlerDependencies {
  readonly tunnel: Tunnel
  readonly addresses: Pick<AppAddresses, 'take' | 'noteReached' | 'noteUnreached'>
  readonly pools: Pick<AppPools, 'noteReached'>
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
  closeWithEither(client, upstream)
  const release = holdOpen(c.get('session'), { cut, isAllowed: c.get('isStillAllowed') })
  client.once('close', () => {
    clearTimeout(renewal)
    release()
    closed()
  })
}

/**
 * Refuses a handshake at once: the proxy ends the socket, or passes on what the app says, as soon as it
 * has reported either, so the refusal that the stages would write comes too late.
 */
function refuse(client: Duplex, status: number, headers: readonly string[] = []): void {
  if (!client.writable) return
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...headers]
  client.end([...lines, 'Content-Length: 0', 'Connection: close', '', ''].join('\r\n'))
}

/** Opens a tunnel to the app for a WebSocket handshake. */
export function socketHandler({
  tunnel,
  addresses,
  pools,
  tokens,
  publicOrigin,
  work,
  socketOpened,
}: SocketHandlerDependencies) {
  const publicUrl = new URL(publicOrigin)

  /** Where an app with several addresses is asked for a tunnel, counted for as long as that lasts. */
  function placeFor(c: Context<GatewayEnv>, client: Duplex): Place | undefined {
    const place = addresses.take(c.get('dashboard'), c.get('session').idHash)
    if (!place) return undefined
    if (client.destroyed) place.leave()
    else client.once('close', place.leave)
    return place
  }

  /** Dash opens another socket when one could not be opened: there is nothing to send again here. */
  function noteFailure({ address }: Place, error: unknown): void {
    if (!isUnconnected(error)) return
    pools.noteReached(address, false)
    addresses.noteUnreached(address)
  }

  return async function openSocket(c: Context<GatewayEnv>): Promise<Response> {
    const { incoming, upgrade } = c.env
    if (!upgrade) throw notFound()
    work.countSocket(c, upgrade.socket)
    const { slug, appUrl } = c.get('dashboard')
    const tenantId = c.get('tenant').id
    const { token, expiresAt } = await tokens.fresh(c.get('session'), tenantId, slug)
    const place = placeFor(c, upgrade.socket)
    return new Promise<Response>((resolve, failed) => {
      tunnel({
        ...upgrade,
        incoming,
        appUrl: place?.address ?? appUrl,
        target: appTarget(c),
        headers: upstreamHandshakeHeaders(
          incoming.headers,
          identityOf(c, token),
          arrivalOf(c, publicUrl),
        ),
        onFailure(error) {
          if (place) noteFailure(place, error)
          refuse(upgrade.socket, error.status, [`X-Gateway-Error: ${error.code}`])
          failed(error)
        },
        onRefusal(status) {
          // No browser shows a page what a refused handshake says: the number is all there is to pass.
          const shown = status >= 400 ? status : 502
          refuse(upgrade.socket, shown)
          resolve(c.body(null, shown as StatusCode))
        },
        onOpen(upstream) {
          if (place) addresses.noteReached(place.address)
          supervise(c, upgrade.socket, upstream, expiresAt, socketOpened(tenantId, slug))
          c.set('tunnelStatus', 101)
          resolve(RESPONSE_ALREADY_SENT)
        },
      })
    })
  }
}
