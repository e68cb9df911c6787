import { createServer, type ServerResponse } from 'node:http'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'

/** What became of a request at an app. */
export interface Watched {
  readonly url: string
  /** What has come of its body. */
  body: string
  /** Whether the app was told that the body is whole. */
  isWhole: boolean
  /** Whether its client went before it had an answer. */
  isGone: boolean
  readonly response: ServerResponse
}

/**
 * Stands in for a Dash app: it watches what becomes of each request. Where `hold` is asked for it
 * sends one line and no end.
 */
export async function startWatchingApp() {
  const watched: Watched[] = []
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    const one: Watched = { url, body: '', isWhole: false, isGone: false, response }
    watched.push(one)
    request.on('data', (chunk: Buffer) => (one.body += chunk.toString()))
    request.on('error', () => {})
    response.on('close', () => (one.isGone = !response.writableFinished))
    response.setHeader('content-type', 'application/json')
    response.setHeader('connection', 'keep-alive, x-hop')
    response.setHeader('x-hop', 'one')
    if (url.includes('hold')) response.write('{"first": "line",\n')
    request.on('end', () => {
      one.isWhole = true
      if (!url.includes('hold')) response.end(JSON.stringify({ body: one.body }))
    })
  })
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.on('error', () => socket.destroy())
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The last request for a path that ends like this. */
    last: (end: string) => watched.findLast(({ url }) => url.endsWith(end)),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
