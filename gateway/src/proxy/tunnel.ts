import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { upstreamFailure } from './failures.ts'
import type { GatewayError } from '../edge/gateway-error.ts'

/** A handshake as it goes to an app. */
export interface TunnelRequest {
  readonly incoming: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly appUrl: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  /** Called once the app has agreed, with its end of the tunnel. */
  readonly onOpen: (upstream: Duplex) => void
  /** Called when the app answers with anything but 101; has to end the socket before it returns. */
  readonly onRefusal: (status: number) => void
  /** Called when the app cannot be reached; the socket is ended right after it returns. */
  readonly onFailure: (error: GatewayError) => void
}

/** An app that does not answer a handshake is given up, as the socket of the client is held meanwhile. */
const handshakeTimeoutMs = 5000

/** What is not pending goes to a name that no resolver knows (RFC 6761 §6.4). */
const nowhere = 'http://app.invalid'

/** The handshake's answer: what RFC 6455 §4.2.2 needs, and nothing else that an app may say. */
const handshakeAnswer = [
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
]

function onlyHandshake(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const kept = handshakeAnswer.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]]],
  )
  return {
    ...Object.fromEntries(kept),
    connection: 'Upgrade',
    upgrade: 'websocket',
  } as IncomingMessage['headers']
}

/** Takes out of the app's answer what it may not say, before anybody reads it. */
function guardAnswer(upstreamRequest: ClientRequest, { onOpen, onRefusal }: TunnelRequest): void {
  upstreamRequest.prependOnceListener('upgrade', (answer: IncomingMessage, upstream: Duplex) => {
    answer.headers = onlyHandshake(answer.headers)
    onOpen(upstream)
  })
  upstreamRequest.prependOnceListener('response', (answer: IncomingMessage) => {
    // First, since the proxy passes the answer's body on to a client that still listens: for as long
    // as the app likes, and also when the session has ended.
    onRefusal(answer.statusCode ?? 502)
    answer.on('error', () => {}).destroy()
  })
}

/**
 * Opens tunnels with http-proxy-middleware. The request that it reads is ours: headers and target
 * are replaced before it sees them, so that what was authorised is what is sent.
 */
export function createTunnel() {
  const pending = new WeakMap<IncomingMessage, TunnelRequest>()
  const proxy = createProxyMiddleware({
    router: (incoming) => pending.get(incoming)?.appUrl ?? nowhere,
    // Dash compares Host with Origin, so the host that browsers use goes through.
    changeOrigin: false,
    xfwd: false,
    followRedirects: false,
    upgradeTimeout: handshakeTimeoutMs,
    target: nowhere,
    // Its own plugins write answers and logs; both are ours to give.
    ejectPlugins: true,
    plugins: [
      function supervise(proxyServer) {
        proxyServer.on('proxyReqWs', (upstreamRequest, incoming) => {
          const request = pending.get(incoming)
          if (request) guardAnswer(upstreamRequest, request)
        })
        proxyServer.on('error', (error, incoming) => {
          if (incoming) pending.get(incoming)?.onFailure(upstreamFailure(error))
        })
      },
    ],
  })

  return function tunnel(request: TunnelRequest): void {
    const { incoming, socket, head } = request
    incoming.headers = { ...request.headers }
    incoming.url = request.target
    pending.set(incoming, request)
    proxy.upgrade(incoming, socket as Parameters<typeof proxy.upgrade>[1], head)
  }
}

export type Tunnel = ReturnType<typeof createTunnel>
