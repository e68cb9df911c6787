import {
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ListenAddress } from './config.ts'
import { canonicalTarget } from './edge/canonical-path.ts'
import { serverLimits, type ServerLimits } from './listeners/server-limits.ts'
import { answerUnreadable, type TooLargeAnswer } from './listeners/unreadable.ts'
import {
  createTlsServer,
  renewIdentity,
  type ListenerTls,
  type TlsIdentity,
} from './listeners/tls-server.ts'

/** What an app of Hono is to a listener. */
export interface FetchApp {
  fetch(request: Request, bindings: object): Response | Promise<Response>
}

/** One server socket: where it listens and what answers there. */
export interface Listener {
  readonly name: string
  readonly address: ListenAddress
  readonly app: FetchApp
  readonly tls?: ListenerTls
  /** Whether WebSocket handshakes are taken; elsewhere they are refused. */
  readonly upgrades?: boolean
  /** The answer to a header section that is too large, where people use the listener. */
  readonly tooLarge?: (blamesCookies: boolean) => TooLargeAnswer
  /** Whether a request may come without `Host`, as probes of balancers do (HTTP/1.0). */
  readonly needsNoHost?: boolean
  /** Closed after the others: what they still answer may need it. */
  readonly isForOthers?: boolean
}

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

/** Has a client use another connection for what it asks next, which may lead it to another gateway. */
function letGoAfter(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (incoming.httpVersionMajor === 1) outgoing.shouldKeepAlive = false
  // GOAWAY: what has begun on the connection goes on (RFC 9113 §6.8).
  else (incoming as unknown as Http2ServerRequest).stream.session?.close()
}

function serverFor(
  { app, tls, upgrades, tooLarge, needsNoHost }: Listener,
  limits: ServerLimits,
  isLeaving: () => boolean,
): Server {
  // The global Request and Response stay node's own: libraries compare against them.
  const answer = getRequestListener((request, bindings) => app.fetch(request, bindings), {
    overrideGlobalObjects: false,
    ...(needsNoHost ? { hostname: 'localhost' } : {}),
  }) as RequestListener
  const listener: RequestListener = (incoming, outgoing) => {
    if (isLeaving()) letGoAfter(incoming, outgoing)
    answer(incoming, outgoing)
  }
  const server = tls ? createTlsServer(tls, limits, listener) : createHttpServer(limits, listener)
  // Node leaves out the fields beyond its limit without a word: what is refused must be seen. How
  // many there can be is bounded by their bytes, how many are taken is decided at the edge.
  server.maxHeadersCount = 0
  server.on(
    'upgrade',
    upgrades ? upgradeHandler(app) : (_incoming, socket: Duplex) => socket.destroy(),
  )
  if (tooLarge) answerUnreadable(server, tooLarge)
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
  let isLeaving = false
  const limits = { ...serverLimits, ...changes }
  const servers = new Map(
    listeners.map((one) => [one.name, serverFor(one, limits, () => isLeaving)]),
  )
  const sockets = [...servers.values()].map(trackSockets)
  const current = new Map(listeners.flatMap(({ name, tls }) => (tls ? [[name, tls]] : [])))
  const renewTls = (name: string, changes: Partial<ListenerTls>) => {
    const [server, tls] = [servers.get(name), current.get(name)]
    if (!server || !tls) return
    const next = { ...tls, ...changes }
    renewIdentity(server, next)
    current.set(name, next)
  }
  const stop = async (graceMs: number) => {
    const cut = setTimeout(() => {
      for (const socket of sockets.flatMap((open) => [...open])) socket.destroy()
    }, graceMs)
    for (const isForOthers of [false, true]) {
      const these = listeners.filter((one) => (one.isForOthers ?? false) === isForOthers)
      const toClose = these.flatMap(({ name }) => servers.get(name) ?? [])
      await Promise.all(toClose.map(close))
    }
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
    /** Another certificate for a listener; @throws when key and certificate do not belong together */
    renew(name: string, identity: TlsIdentity): void {
      renewTls(name, identity)
    },
    /** Another CA of client certificates for a listener. */
    renewAuthority: (name: string, ca: Buffer) => renewTls(name, { ca }),
    /** Answers whatever comes, and each connection only once more. */
    leave: () => void (isLeaving = true),
    /** Takes no new connections, lets running requests end, then cuts what is left. */
    stop,
  }
}

export type Servers = Awaited<ReturnType<typeof startServers>>
