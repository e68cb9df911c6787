import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createHash } from 'node:crypto'

/** What an app was asked, to the byte as far as node shows it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  /** Names in lower case, in order, duplicates included. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/**
 * Stands in for a Dash app where a test must see exactly what arrives; real ones hide it. It answers
 * 200 to everything and accepts every handshake.
 */
export async function startEchoApp() {
  const seen: SeenRequest[] = []
  const note = (request: IncomingMessage, body: string) => {
    const headers = request.rawHeaders.flatMap((text, index, all) =>
      index % 2 === 0 ? [[text.toLowerCase(), all[index + 1] ?? ''] as const] : [],
    )
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers, body })
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      note(request, Buffer.concat(chunks).toString())
      response.setHeader('Set-Cookie', '__Host-Http-session=stolen; Path=/')
      response.setHeader('Content-Type', 'application/json')
      response.end('{"multi":true,"response":{}}')
    })
  })
  server.on('upgrade', (request, socket) => {
    note(request, '')
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.on('error', () => socket.destroy())
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
  })
  // Upgraded connections are no longer the server's to close.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    seen,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
