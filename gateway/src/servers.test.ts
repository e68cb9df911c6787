import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { startServers, type FetchApp } from './servers.ts'

/** Long enough that no wait of a busy machine is taken for one of these; the tests wait for them. */
const short = { headersTimeout: 300, requestTimeout: 900, connectionsCheckingInterval: 50 }

async function serving(app: FetchApp) {
  const listener = { name: 'one', address: { host: '127.0.0.1', port: 0 }, app }
  const servers = await startServers([listener], short)
  return { port: servers.port('one') ?? 0, [Symbol.asyncDispose]: () => servers.stop(0) }
}

const reading: FetchApp = {
  fetch: async (request) => new Response(`read ${(await request.text()).length}`),
}

/** Writes these bytes, and a little more again and again, until the other side is done. */
async function trickle(port: number, begin: string, more: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(begin)
  const poke = setInterval(() => socket.write(more), 60)
  const answer = await text(socket).catch(() => '')
  clearInterval(poke)
  socket.destroy()
  return answer
}

describe('X13, H12: a client that is slow on purpose', () => {
  it('with its headers is told so, or cut off', async () => {
    await using server = await serving(reading)
    const answer = await trickle(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n', 'X-A: b\r\n')
    expect(answer).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
  })

  it('with its body is told so, or cut off', async () => {
    await using server = await serving(reading)
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n'
    expect(await trickle(server.port, head, 'x')).toMatch(/^(?:HTTP\/1\.1 408 |$)/)
  })

  it('keeps nobody else waiting', async () => {
    await using server = await serving(reading)
    const slow = Array.from({ length: 200 }, () => connect(server.port, '127.0.0.1'))
    for (const socket of slow) socket.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: a\r\nX-')
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', body: 'abc' })
    expect(await answer.text()).toBe('read 3')
    for (const socket of slow) socket.destroy()
  })
})

describe('X16: all fields of a request', () => {
  it('are there to be judged: none is left out because there are so many', async () => {
    let seen = 0
    const app: FetchApp = {
      fetch(_request, bindings) {
        seen = (bindings as { incoming: { rawHeaders: string[] } }).incoming.rawHeaders.length / 2
        return new Response()
      },
    }
    await using server = await serving(app)
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${'a:\r\n'.repeat(3000)}\r\n`)
    await text(socket)
    expect(seen).toBe(3002)
  })
})

describe('X9: a listener that is asked to stop', () => {
  it('lets a running request end, and waits for nothing after that', async () => {
    const asked = Promise.withResolvers<void>()
    const mayAnswer = Promise.withResolvers<void>()
    const app: FetchApp = {
      async fetch() {
        asked.resolve()
        await mayAnswer.promise
        return new Response('in time')
      },
    }
    const listener = { name: 'one', address: { host: '127.0.0.1', port: 0 }, app }
    const servers = await startServers([listener])
    const agent = new Agent({ keepAlive: true })
    const answer = new Promise<string>((resolve, reject) => {
      get({ port: servers.port('one'), agent }, (response) => resolve(text(response))).on(
        'error',
        reject,
      )
    })
    await asked.promise
    // Far longer than the test may take: only a stop that does not wait for it can pass.
    const stopped = servers.stop(600_000)
    mayAnswer.resolve()
    expect(await answer).toBe('in time')
    await stopped
    agent.destroy()
  })

  it('cuts what does not end in its time', async () => {
    const asked = Promise.withResolvers<void>()
    const app: FetchApp = {
      fetch() {
        asked.resolve()
        return new Promise<Response>(() => {})
      },
    }
    const listener = { name: 'one', address: { host: '127.0.0.1', port: 0 }, app }
    const servers = await startServers([listener])
    const answer = fetch(`http://127.0.0.1:${servers.port('one')}/`).then(
      () => 'answered',
      () => 'cut',
    )
    await asked.promise
    await servers.stop(50)
    expect(await answer).toBe('cut')
  })
})

describe('a probe without Host, of HTTP/1.0', () => {
  const probe = async (needsNoHost: boolean) => {
    const app: FetchApp = { fetch: () => new Response('ok') }
    const address = { host: '127.0.0.1', port: 0 }
    const servers = await startServers([{ name: 'one', address, app, needsNoHost }])
    const socket = connect(servers.port('one') ?? 0, '127.0.0.1')
    socket.write('GET /readyz HTTP/1.0\r\n\r\n')
    const answer = await text(socket)
    await servers.stop(0)
    return answer.slice(0, 12)
  }

  it('is answered where balancers ask, and nowhere else', async () => {
    expect([await probe(true), await probe(false)]).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
  })
})

describe('X9: a listener that is about to stop', () => {
  it('answers what comes, and ends each connection with its answer', async () => {
    const app: FetchApp = { fetch: () => new Response('ok') }
    const address = { host: '127.0.0.1', port: 0 }
    const servers = await startServers([{ name: 'one', address, app }])
    const ask = () => fetch(`http://127.0.0.1:${servers.port('one')}/`)
    expect((await ask()).headers.get('connection')).toBe('keep-alive')
    servers.leave()
    const answer = await ask()
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    await servers.stop(0)
  })
})
