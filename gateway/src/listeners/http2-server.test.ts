import { Agent, request as httpsRequest } from 'node:https'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect as connectTls } from 'node:tls'
import { text } from 'node:stream/consumers'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, type Identity } from '../../test-support/certificates.ts'
import { eventually } from '../../test-support/eventually.ts'
import { block, codes, flags, frame, frameClient, types } from '../../test-support/http2-frames.ts'
import { breakOff, hasLeft, isGone } from '../edge/answer.ts'
import { startServers, type FetchApp } from '../servers.ts'

type Exchange = { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse }
type Limits = NonNullable<Parameters<typeof startServers>[1]>

let ca: Buffer
let identity: Identity
beforeAll(async () => {
  const authority = await createAuthority('Test CA')
  ca = authority.ca
  identity = await authority.issue('localhost')
})

async function serving(answer: (exchange: Exchange) => unknown, limits: Limits = {}) {
  const app: FetchApp = {
    async fetch(_request, bindings) {
      const answered = await answer(bindings as Exchange)
      return answered instanceof Response ? answered : RESPONSE_ALREADY_SENT
    },
  }
  const address = { host: '127.0.0.1', port: 0 }
  const tls = { ...identity, forBrowsers: true }
  const servers = await startServers([{ name: 'one', address, app, tls }], limits)
  const port = servers.port('one') ?? 0
  const sessions: ClientHttp2Session[] = []
  return {
    port,
    servers,
    connect() {
      const session = connect(`https://localhost:${port}`, { ca })
      session.on('error', () => {})
      sessions.push(session)
      return session
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy()
      await servers.stop(0)
    },
  }
}

/** What a client makes of an answer: its text, or that it broke off. */
const outcomeOf = (stream: ClientHttp2Stream) => text(stream).catch(() => 'broken off')

const get = (session: ClientHttp2Session, path = '/', method = 'GET') =>
  session.request({ ':path': path, ':method': method })

const asking = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', '/'],
] as const
const complete = flags.END_HEADERS | flags.END_STREAM
const asks = (stream: number) => frame(types.HEADERS, complete, stream, block(asking))

describe('a listener for browsers', () => {
  it('speaks HTTP/2, and HTTP/1.1 to whoever asks for that', async () => {
    await using server = await serving(({ incoming }) => new Response(incoming.httpVersion))
    expect(await outcomeOf(get(server.connect()))).toBe('2.0')
    const old = await new Promise<IncomingMessage>((resolve, reject) =>
      httpsRequest({ port: server.port, ca, servername: 'localhost', agent: false }, resolve)
        .on('error', reject)
        .end(),
    )
    expect(await text(old)).toBe('1.1')
  })

  it('asks nobody for a certificate', async () => {
    await using server = await serving(() => new Response())
    const socket = connectTls({ port: server.port, ca, servername: 'localhost' })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    expect(socket.getPeerCertificate().subject.CN).toBe('localhost')
    socket.destroy()
  })
})

describe('an answer over HTTP/2', () => {
  it('X5: that breaks off never looks whole, and leaves the others of its connection alone', async () => {
    const finish = Promise.withResolvers<void>()
    await using server = await serving(async ({ incoming, outgoing }) => {
      outgoing.writeHead(200)
      outgoing.write('half')
      if (incoming.url === '/broken') return breakOff(outgoing)
      await finish.promise
      outgoing.end(' and half')
    })
    const session = server.connect()
    const other = outcomeOf(get(session, '/other'))
    expect(await outcomeOf(get(session, '/broken'))).toBe('broken off')
    finish.resolve()
    expect(await other).toBe('half and half')
  })

  it('has not left when its client gave it up', async () => {
    const closed = Promise.withResolvers<ServerResponse>()
    await using server = await serving(({ outgoing }) => {
      outgoing.once('close', () => closed.resolve(outgoing))
      outgoing.writeHead(200)
      outgoing.write(String(isGone(outgoing)))
    })
    const stream = get(server.connect())
    stream.once('data', (isGoneBefore: Buffer) => {
      expect(isGoneBefore.toString()).toBe('false')
      stream.close(constants.NGHTTP2_CANCEL)
    })
    const outgoing = await closed.promise
    expect(hasLeft(outgoing)).toBe(false)
    expect(isGone(outgoing)).toBe(true)
  })

  it('has left when it was sent in full', async () => {
    const closed = Promise.withResolvers<boolean>()
    await using server = await serving(({ outgoing }) => {
      outgoing.once('close', () => closed.resolve(hasLeft(outgoing)))
      outgoing.end('all')
    })
    expect(await outcomeOf(get(server.connect()))).toBe('all')
    expect(await closed.promise).toBe(true)
  })
})

describe('X14: an upload over HTTP/2', () => {
  const upload = [...asking.slice(1), [':method', 'POST']] as const

  it.each([
    [
      'is given up',
      (client: { send(...frames: Buffer[]): void }) => {
        const code = Buffer.from([0, 0, 0, codes.CANCEL])
        client.send(frame(types.RST_STREAM, 0, 1, code))
      },
    ],
    ['loses its connection', (client: { close(): void }) => client.close()],
  ] as const)('that %s is never taken for a whole one', async (_, leave) => {
    const begun = Promise.withResolvers<void>()
    const read = Promise.withResolvers<string>()
    await using server = await serving(({ incoming, outgoing }) => {
      incoming.once('data', () => begun.resolve())
      text(incoming).then(
        (body) => read.resolve(`whole: ${body}`),
        (error: Error) => read.resolve(error.message),
      )
      return new Promise((resolve) => outgoing.once('close', resolve))
    })
    using client = await frameClient(server.port)
    client.send(
      frame(types.HEADERS, flags.END_HEADERS, 1, block(upload)),
      frame(types.DATA, 0, 1, Buffer.from('half')),
    )
    await begun.promise
    leave(client)
    expect(await read.promise).toBe('the client hung up')
  })
})

describe('H12, X13: a client of HTTP/2 that takes what it can', () => {
  const short = { headersTimeout: 200, keepAliveTimeout: 200, requestTimeout: 200 }

  it('gets no more requests at once than 128', async () => {
    await using server = await serving(() => new Promise(() => {}))
    using client = await frameClient(server.port)
    client.send(...Array.from({ length: 129 }, (_, index) => asks(2 * index + 1)))
    const refusal = await client.first(types.RST_STREAM)
    expect(refusal?.stream).toBe(257)
    expect(refusal?.payload.readUInt32BE()).toBe(codes.REFUSED_STREAM)
  })

  it('loses a connection over which it asks nothing, first or again, pings or not', async () => {
    await using server = await serving(() => new Response(), short)
    using silent = await frameClient(server.port)
    using pinging = await frameClient(server.port)
    const ping = setInterval(() => pinging.send(frame(types.PING, 0, 0, Buffer.alloc(8))), 20)
    using done = await frameClient(server.port)
    done.send(asks(1))
    await Promise.all([silent.ended, pinging.ended, done.ended])
    clearInterval(ping)
    expect(silent.received.some(({ type }) => type === types.GOAWAY)).toBe(true)
  })

  it('keeps a connection whose answer takes longer than that', async () => {
    const finish = Promise.withResolvers<void>()
    await using server = await serving(async () => {
      await finish.promise
      return new Response('late')
    }, short)
    const session = server.connect()
    const answer = outcomeOf(get(session))
    using idle = await frameClient(server.port)
    await idle.ended
    finish.resolve()
    expect(await answer).toBe('late')
  })

  it('loses a header section that it does not end, however slowly it sends it', async () => {
    await using server = await serving(() => new Response(), short)
    using client = await frameClient(server.port)
    client.send(frame(types.HEADERS, 0, 1, block(asking)))
    await client.ended
  })

  it('loses a request whose body it does not end', async () => {
    await using server = await serving(async ({ incoming }) => {
      await text(incoming).catch(() => {})
      return new Response()
    }, short)
    using client = await frameClient(server.port)
    client.send(
      frame(types.HEADERS, flags.END_HEADERS, 1, block([...asking.slice(1), [':method', 'POST']])),
    )
    expect(await client.first(types.RST_STREAM, 1)).toBeDefined()
  })
})

describe('floods of HTTP/2', () => {
  const headers = (stream: number) => frame(types.HEADERS, 0, stream, block(asking))
  const reset = (stream: number) => frame(types.RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8]))
  const many = (count: number, one: (stream: number) => Buffer) =>
    Array.from({ length: count }, (_, index) => one(2 * index + 1))

  it.each([
    [
      'CVE-2023-44487: requests that are given up at once',
      () => many(4000, (stream) => Buffer.concat([asks(stream), reset(stream)])),
    ],
    [
      'CVE-2024-27983: a header section without an end',
      () => [
        headers(1),
        ...many(2000, () => frame(types.CONTINUATION, 0, 1, block([['x-more', 'a'.repeat(100)]]))),
      ],
    ],
    ['CVE-2019-9515: settings', () => many(20_000, () => frame(types.SETTINGS, 0, 0))],
    [
      'CVE-2025-8671: requests that the server has to reset',
      () =>
        many(4000, (stream) =>
          Buffer.concat([asks(stream), frame(types.WINDOW_UPDATE, 0, stream, Buffer.alloc(4))]),
        ),
    ],
  ])('end the connection that they come over, and no other: %s', async (_, flood) => {
    await using server = await serving(() => new Response('served'))
    const session = server.connect()
    expect(await outcomeOf(get(session))).toBe('served')
    using client = await frameClient(server.port)
    client.send(...flood())
    await client.ended
    expect(await outcomeOf(get(session))).toBe('served')
  })
})

describe('X9: a listener for browsers that is asked to stop', () => {
  it('says so, lets running requests end, and waits for nothing after that', async () => {
    const finish = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    // Far longer than the test may take: only a stop that does not wait for it can pass.
    const patience = {
      headersTimeout: 600_000,
      requestTimeout: 600_000,
      keepAliveTimeout: 600_000,
    }
    await using server = await serving(async () => {
      asked.resolve()
      await finish.promise
      return new Response('in time')
    }, patience)
    const session = server.connect()
    const answer = outcomeOf(get(session))
    const idle = server.connect()
    await new Promise((resolve) => idle.once('connect', resolve))
    await asked.promise
    const told = new Promise((resolve) => session.once('goaway', resolve))
    const stopped = server.servers.stop(600_000)
    await told
    finish.resolve()
    expect(await answer).toBe('in time')
    await stopped
    await eventually(() => expect(idle.destroyed).toBe(true))
  })

  it('cuts what does not end in its time', async () => {
    await using server = await serving(({ outgoing }) => {
      outgoing.writeHead(200)
      outgoing.write('half')
      return new Promise(() => {})
    })
    using client = await frameClient(server.port)
    client.send(asks(1))
    await client.first(types.DATA, 1)
    await server.servers.stop(50)
    await client.ended
    const whole = client.received.filter((one) => one.stream === 1 && one.flags & flags.END_STREAM)
    expect(whole).toEqual([])
  })
})

describe('X13: HTTP/1.1 beside HTTP/2', () => {
  it('has the limits of the other listeners', async () => {
    const limits = { headersTimeout: 200, connectionsCheckingInterval: 50 }
    await using server = await serving(() => new Response(), limits)
    const socket = connectTls({ port: server.port, ca, servername: 'localhost' })
    socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: a\r\n')
    expect(await text(socket).catch(() => '')).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
    const large = connectTls({ port: server.port, ca, servername: 'localhost' })
    large
      .on('error', () => {})
      .write(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(await text(large).catch(() => '')).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('keeps its connections for the next request', async () => {
    await using server = await serving(() => new Response())
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca })
    const ports = new Set<number | undefined>()
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = await new Promise<IncomingMessage>((resolve, reject) =>
        httpsRequest({ port: server.port, servername: 'localhost', agent }, resolve)
          .on('error', reject)
          .end(),
      )
      ports.add(answer.socket.localPort)
      await text(answer)
    }
    agent.destroy()
    expect(ports.size).toBe(1)
  })
})
