import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { httpServer } from '../../test-support/local-server.ts'
import type { GatewayError } from '../edge/gateway-error.ts'
import { closeCodes, closeFrame, closeTunnel } from './close-frame.ts'
import { createTunnel } from './tunnel.ts'

const acceptFor = (key: string) =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** An app that accepts a handshake, says what it saw, then echoes bytes. */
async function echoApp() {
  const seen: { headers: string[]; url: string }[] = []
  const app = await httpServer((_request, response) => response.writeHead(404).end())
  app.server.on('upgrade', (request, socket) => {
    seen.push({
      headers: request.rawHeaders.map((text) => text.toLowerCase()),
      url: request.url ?? '',
    })
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSet-Cookie: a=b\r\nX-Internal: canary\r\nSec-WebSocket-Accept: ${acceptFor(String(request.headers['sec-websocket-key']))}\r\n\r\n`,
    )
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  return { app, seen }
}

interface Front {
  port: number
  upstream: Promise<{
    upstream: Duplex
    client: Duplex
  }>
  failure: Promise<GatewayError>
}

async function front(appUrl: string) {
  const tunnel = createTunnel()
  const opened = Promise.withResolvers<Awaited<Front['upstream']>>()
  const refused = Promise.withResolvers<number>()
  const failed = Promise.withResolvers<GatewayError>()
  const server = await httpServer((_request, response) => response.end())
  server.server.on('upgrade', (incoming, socket, head) => {
    socket.on('error', () => {})
    tunnel({
      incoming,
      socket,
      head,
      appUrl,
      target: '/dashboard/loss/_dash-ws-callback',
      headers: {
        host: 'dash.example',
        'x-tenant-id': 'acme-corp',
        'sec-websocket-key': String(incoming.headers['sec-websocket-key']),
        connection: 'Upgrade',
        upgrade: 'websocket',
      },
      onOpen: (upstream) => opened.resolve({ upstream, client: socket }),
      onFailure: (error) => failed.resolve(error),
      onRefusal(status) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
        refused.resolve(status)
      },
    })
  })
  return { server, upstream: opened.promise, failure: failed.promise, refusal: refused.promise }
}

async function handshake(port: number): Promise<{ socket: Socket; answer: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.write(
    'GET /elsewhere HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade, X-Tenant-Id\r\nCookie: secret=1\r\nX-Tenant-Id: globex\r\nX_Tenant_Id: globex\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  )
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return { socket, answer: chunk.toString('latin1') }
}

describe('a tunnel', () => {
  it('R3, H1, V25, V29: asks the app for what was authorised, with our headers and no other', async () => {
    const { app, seen } = await echoApp()
    await using _app = app
    const { server } = await front(app.url)
    await using _server = server
    const { socket } = await handshake(server.port)
    expect(seen[0]?.url).toBe('/dashboard/loss/_dash-ws-callback')
    expect(
      seen[0]?.headers.filter((text) => text.includes('tenant') || text.includes('globex')),
    ).toEqual(['x-tenant-id'])
    expect(seen[0]?.headers).toContain('dash.example')
    expect(seen[0]?.headers).not.toContain('cookie')
    socket.destroy()
  })

  it('answers with the handshake and nothing else that the app says', async () => {
    const { app } = await echoApp()
    await using _app = app
    const { server } = await front(app.url)
    await using _server = server
    const { socket, answer } = await handshake(server.port)
    expect(answer).toMatch(/^HTTP\/1.1 101 /)
    expect(answer.toLowerCase()).toContain(
      `sec-websocket-accept: ${acceptFor('dGhlIHNhbXBsZSBub25jZQ==').toLowerCase()}`,
    )
    expect(answer).not.toMatch(/canary|set-cookie/i)
    socket.destroy()
  })

  it('carries bytes both ways until it is closed with a code that Dash understands', async () => {
    const { app } = await echoApp()
    await using _app = app
    const { server, upstream } = await front(app.url)
    await using _server = server
    const { socket } = await handshake(server.port)
    socket.write('hello')
    const [echo] = (await once(socket, 'data')) as [Buffer]
    expect(echo.toString()).toBe('hello')
    const ends = await upstream
    closeTunnel(ends.client, ends.upstream, closeCodes.sessionEnded, 'session ended')
    const [frame] = (await once(socket, 'data')) as [Buffer]
    expect(frame).toEqual(closeFrame(4001, 'session ended'))
    socket.write('too late')
    await once(socket, 'close')
    expect(ends.upstream.destroyed).toBe(true)
  })

  it('H4, V29: tells that an app refuses, and passes on nothing of what it says', async () => {
    await using app = await httpServer(() => {})
    const cut = Promise.withResolvers<void>()
    app.server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {}).on('end', () => cut.resolve())
      socket.resume()
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 999\r\nSet-Cookie: a=b\r\n\r\nno')
    })
    const { server, refusal } = await front(app.url)
    await using _server = server
    const client = connect(server.port, '127.0.0.1')
    const ended = once(client, 'end')
    let said = ''
    client.on('data', (chunk: Buffer) => (said += chunk.toString()))
    client.write(
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    expect(await refusal).toBe(403)
    await cut.promise
    await ended
    expect(said).toBe('HTTP/1.1 403 Forbidden\r\n\r\n')
    client.destroy()
  })

  it('reports an app that cannot be reached, before anything is answered', async () => {
    const { server, failure } = await front('http://127.0.0.1:9')
    await using _server = server
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    expect((await failure).code).toBe('app_unreachable')
    socket.destroy()
  })
})

describe('closeFrame', () => {
  it('is a final, unmasked close frame whose reason fits', () => {
    const frame = closeFrame(4001, 'x'.repeat(500))
    expect([frame[0], frame[1], frame.readUInt16BE(2), frame.length]).toEqual([
      0x88, 125, 4001, 127,
    ])
  })
})
