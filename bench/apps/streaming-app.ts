/**
 * Stands in for a Dash app that sends a lot and holds WebSockets open: `node streaming-app.ts <port>`.
 * `?bytes=` says how long an answer is; what comes over a WebSocket is sent back as it is.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Numbers as text, in lines: what a table or a figure is made of, and compresses about as well. */
const chunk = Buffer.from(
  Array.from({ length: 4096 }, (_, index) => `${Math.abs(Math.sin(index)).toFixed(13)}\n`).join(''),
)

function* chunks(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= chunk.length) {
    yield left >= chunk.length ? chunk : chunk.subarray(0, left)
  }
}

const server = createServer((request, response) => {
  const bytes = Number(new URL(request.url ?? '/', 'http://app.invalid').searchParams.get('bytes'))
  response.setHeader('Content-Type', 'application/json')
  pipeline(Readable.from(chunks(bytes)), response).catch(() => response.destroy())
})

/** @see RFC 6455 §1.3 */
const acceptKey = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

server.on('upgrade', (request, socket) => {
  const key = request.headers['sec-websocket-key'] ?? ''
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`,
  )
  socket.on('error', () => socket.destroy())
  // Also ends when the other side does: a socket of an upgrade may stay half open for ever.
  socket.pipe(socket)
})

server.listen(Number(process.argv[2]), '127.0.0.1')
