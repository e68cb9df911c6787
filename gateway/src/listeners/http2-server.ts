import type { RequestListener, Server } from 'node:http'
import {
  constants,
  createSecureServer,
  type Http2ServerRequest,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { ServerLimits } from './server-limits.ts'

/**
 * What one client of HTTP/2 may take. Beside these stand limits of nghttp2 and node that are good as
 * they are: CONTINUATION frames (8), settings of one frame (32), acknowledgements that nobody reads
 * (1000), refused streams (100), memory (10 MB).
 */
const http2Limits: SecureServerOptions = {
  settings: {
    // Node has none; RFC 9113 §6.5.2 advises against fewer than 100.
    maxConcurrentStreams: 128,
    // Beyond the 16 KiB that are taken, so that what is more gets its 431 and not a reset stream.
    maxHeaderListSize: 48 * 1024,
    initialWindowSize: 128 * 1024,
  },
  // Browsers send each cookie as a field of its own (RFC 9113 §8.2.3).
  maxHeaderListPairs: 512,
  // CVE-2023-44487: a page that is left gives up some dozens of requests, a few times in a second.
  streamResetBurst: 500,
  streamResetRate: 50,
}

/**
 * What may be under way of all request bodies of a connection. With the 64 KiB of node an upload over
 * 40 ms has 1.6 MB a second. A body that nobody reads holds up no other: node counts what it has
 * received as taken from the connection, though not from the stream.
 */
const connectionWindow = 512 * 1024

/** How long a client has to take note of GOAWAY. */
const goodbyeMs = 500

/**
 * Looks after connections over which nothing is asked: as with HTTP/1.1 they end after a while, which
 * node leaves to the client.
 */
function createIdleSessions({ headersTimeout, keepAliveTimeout }: ServerLimits) {
  const idle = new Set<ServerHttp2Session>()

  /** Says goodbye; node would wait for the client to go (measured with Node 24). */
  function leave(session: ServerHttp2Session): void {
    idle.delete(session)
    if (!session.closed) session.close()
    setTimeout(() => session.destroy(), goodbyeMs).unref()
  }

  return {
    watch(session: ServerHttp2Session): void {
      let open = 0
      let timer: NodeJS.Timeout | undefined
      const rest = (patienceMs: number) => {
        idle.add(session)
        timer = setTimeout(() => leave(session), session.closed ? 0 : patienceMs)
      }
      rest(headersTimeout)
      session.on('stream', (stream: ServerHttp2Stream) => {
        clearTimeout(timer)
        idle.delete(session)
        open += 1
        stream.once('close', () => {
          open -= 1
          if (open === 0 && !session.destroyed) rest(keepAliveTimeout)
        })
      })
      session.once('close', () => {
        clearTimeout(timer)
        idle.delete(session)
      })
    },

    close(): void {
      for (const session of idle) leave(session)
    },
  }
}

/** Ends a request whose body never does. */
function endSlowBody(stream: ServerHttp2Stream, { requestTimeout }: ServerLimits): void {
  if (stream.endAfterHeaders) return
  const end = () => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM)
  const timer = setTimeout(end, requestTimeout)
  for (const event of ['end', 'close']) stream.once(event, () => clearTimeout(timer))
}

/**
 * Breaks the body off where its client did. Node ends it like a whole one, so that half an upload
 * would reach an app as a complete request.
 */
function breakOffWithClient(incoming: Http2ServerRequest): void {
  incoming.once('aborted', () => {
    const isAwaited = incoming.listenerCount('error') > 0
    incoming.destroy(isAwaited ? new Error('the client hung up') : undefined)
  })
}

/**
 * A server for browsers: HTTP/2, and HTTP/1.1 for whoever asks for it, which WebSockets do (extended
 * CONNECT, RFC 8441, stays off). Requests and answers come in node's classes for either; how far
 * they are alike is in `edge/answer.ts` and `proxy/body-limit.ts`.
 */
export function createBrowserServer(
  tls: SecureServerOptions,
  limits: ServerLimits,
  listener: RequestListener,
): Server {
  const server = createSecureServer({ ...limits, ...http2Limits, ...tls, allowHTTP1: true })
  const idle = createIdleSessions(limits)
  server.on('session', (session) => {
    session.setLocalWindowSize(connectionWindow)
    idle.watch(session)
    session.on('stream', (stream: ServerHttp2Stream) => endSlowBody(stream, limits))
  })
  server.on('request', (incoming, outgoing) => {
    if (incoming.httpVersionMajor === 2) breakOffWithClient(incoming)
    listener(incoming as never, outgoing as never)
  })
  // With HTTP/1.1 it has all that the other servers have, and this for those connections alone.
  const both = server as unknown as Server
  const closeIdleOfHttp1 = both.closeIdleConnections.bind(both)
  both.closeIdleConnections = () => {
    closeIdleOfHttp1()
    idle.close()
  }
  return both
}
