import { constants } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ListenAddress } from './config.ts'
import { canonicalTarget } from './edge/canonical-path.ts'

/** What an app of Hono is to a listener. */
export interface FetchApp {
  fetch(request: Request, bindings: object): Response | Promise<Response>
}

/**
 * TLS of a listener. Every client is asked for a certificate, and none is turned away for it: whether
 * it is good is the app's to ask, with each request, so that a refusal is answered and recorded.
 */
export interface ListenerTls {
  readonly cert: Buffer
  readonly key: Buffer
  /** CA of the client certificates. */
  readonly ca?: Buffer
  /**
   * Looks at a connection while it is open; what it returns is called when TLS breaks the connection
   * off, so that no request will ever come of it.
   */
  readonly watch?: (socket: TLSSocket) => (error: Error) => void
}

/** One server socket: where it listens and what answers there. */
export interface Listener {
  readonly name: string
  readonly address: ListenAddress
  readonly app: FetchApp
  readonly tls?: ListenerTls
  /** Whether WebSocket handshakes are taken; elsewhere they are refused. */
  readonly upgrades?: boolean
}

const limits = {
  /** Bytes of the request line and all fields; then 431. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  /** An upload may be slow; a request that never ends is cut by this. */
  requestTimeout: 300_000,
  /** How often node looks for requests that took too long; by default 30 s, twice their time. */
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  insecureHTTPParser: false,
  requireHostHeader: true,
}

type ServerLimits = typeof limits

/**
 * What routing needs to know of a handshake. A target that is not canonical is no more parsed than
 * believed: the first stage reads the request line itself, and refuses it.
 */
function requestOf(incoming: IncomingMessage): Request {
  const target = canonicalTarget(incoming.url ?? '')
  return new Request(`http://gateway.invalid${target ? target.path + target.query : '/'}`)
}

/** How long a refused client may keep its side of a handshake open. */
const refusedMs = 1000

/** Writes the refusal of a handshake, which has no `ServerResponse`. */
async function refuseUpgrade(socket: Duplex, response: Response): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer())
  const lines = [`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`]
  for (const [name, value] of response.headers) lines.push(`${name}: ${value}`)
  lines.push(`Content-Length: ${body.length}`, 'Connection: close', '', '')
  if (socket.writable) {
    socket.end(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]))
  }
  // No time-out of HTTP reaches an upgraded socket: without this it is the client's to close.
  setTimeout(() => socket.destroy(), refusedMs).unref()
}

/** Runs a handshake through the same stages as every request. */
function upgradeHandler(app: FetchApp) {
  return function onUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const onError = () => socket.destroy()
    socket.on('error', onError)
    // Within the promise: what is thrown in a listener of a server ends the process.
    Promise.try(() => app.fetch(requestOf(incoming), { incoming, upgrade: { socket, head } }))
      .then((response) =>
        response === RESPONSE_ALREADY_SENT ? undefined : refuseUpgrade(socket, response),
      )
      .catch(onError)
  }
}

const tlsLimits = {
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  handshakeTimeout: 10_000,
  // A session that is resumed shows no certificate again, and what node says of it differs between
  // versions (nodejs/node#35317). A new handshake within a connection could swap the certificate
  // after it was looked at (CVE-2009-3555); node leaves that on. SSL_OP_NO_RENEGOTIATION has no name
  // in node.
  secureOptions: constants.SSL_OP_NO_TICKET | 0x4000_0000,
} as const

/** Not that a client hangs up, or speaks TLS but no HTTP. */
const isOfTls = ({ code }: NodeJS.ErrnoException) => code?.startsWith('ERR_SSL') === true

function tlsServer(
  { watch, ...files }: ListenerTls,
  limits: ServerLimits,
  listener: RequestListener,
): Server {
  const server = createHttpsServer({ ...limits, ...tlsLimits, ...files }, listener)
  const watched = new WeakSet<TLSSocket>()
  server.on('secureConnection', (socket) => {
    watched.add(socket)
    // For its side effect: a certificate whose signature is wrong leaves an error behind in OpenSSL,
    // which would end the connection at the next read, without an answer.
    socket.getPeerX509Certificate()
    const tell = watch?.(socket)
    socket.once('error', (error) => isOfTls(error) && tell?.(error))
  })
  server.on('tlsClientError', (error, socket) => {
    if (isOfTls(error) && !watched.has(socket)) watch?.(socket)(error)
  })
  return server
}

function serverFor({ app, tls, upgrades }: Listener, limits: ServerLimits): Server {
  // The global Request and Response stay node's own: libraries compare against them.
  const listener = getRequestListener((request, bindings) => app.fetch(request, bindings), {
    overrideGlobalObjects: false,
  }) as RequestListener
  const server = tls ? tlsServer(tls, limits, listener) : createHttpServer(limits, listener)
  // Node leaves out the fields beyond its limit without a word: what is refused must be seen. How
  // many there can be is bounded by their bytes, how many are taken is decided at the edge.
  server.maxHeadersCount = 0
  server.on(
    'upgrade',
    upgrades ? upgradeHandler(app) : (_incoming, socket: Duplex) => socket.destroy(),
  )
  return server
}

const listen = (server: Server, { host, port }: ListenAddress) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** A connection that has answered its last request is kept for the next, also by a server that closes. */
const lookForIdleMs = 50

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    const letGo = setInterval(() => server.closeIdleConnections(), lookForIdleMs)
    server.close(() => {
      clearInterval(letGo)
      resolve()
    })
    server.closeIdleConnections()
  })

/** Connections of a server; upgraded ones are no longer the server's own to close. */
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

/**
 * Several listeners that start and stop as one.
 *
 * @param changes of the limits, for tests that cannot wait for them
 */
export async function startServers(
  listeners: readonly Listener[],
  changes: Partial<ServerLimits> = {},
) {
  const servers = new Map(
    listeners.map((one) => [one.name, serverFor(one, { ...limits, ...changes })]),
  )
  const sockets = [...servers.values()].map(trackSockets)
  const stop = async (graceMs: number) => {
    const cut = setTimeout(() => {
      for (const socket of sockets.flatMap((open) => [...open])) socket.destroy()
    }, graceMs)
    await Promise.all([...servers.values()].map(close))
    clearTimeout(cut)
  }
  try {
    for (const { name, address } of listeners) {
      const server = servers.get(name)
      if (server) await listen(server, address)
    }
  } catch (error) {
    await Promise.all([...servers.values()].filter((server) => server.listening).map(close))
    throw error
  }
  return {
    /** The port that a listener has; useful where 0 was asked for. */
    port: (name: string) => (servers.get(name)?.address() as AddressInfo | null)?.port,
    /** Takes no new connections, lets running requests end, then cuts what is left. */
    stop,
  }
}

export type Servers = Awaited<ReturnType<typeof startServers>>
