import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { httpServer, rawServer } from '../../test-support/local-server.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { createAppPools } from './app-pools.ts'
import { limitedBody } from './body-limit.ts'
import { askApp, endingOf, relay, relayCoded, type UpstreamRequest } from './forward.ts'

const ask = (url: string, changes: Partial<UpstreamRequest> = {}, timeoutMs = 2000) =>
  askApp(createAppPools({ timeoutMs }).poolFor(url, 'one'), {
    method: 'GET',
    target: '/x?y=1',
    headers: { host: 'dash.example' },
    body: undefined,
    signal: new AbortController().signal,
    ...changes,
  })

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) =>
      error instanceof GatewayError ? `${error.status} ${error.code}` : String(error),
  )

describe('askApp', () => {
  it('sends path, query and headers as they were decided', async () => {
    await using app = await httpServer((request, response) =>
      response.end(`${request.method} ${request.url} ${request.headers.host}`),
    )
    const answer = await ask(app.url)
    expect(await answer.text(1000)).toBe('GET /x?y=1 dash.example')
  })

  it('streams a body through without holding it', async () => {
    await using app = await httpServer((request, response) => request.pipe(response))
    const answer = await ask(app.url, { method: 'POST', body: Readable.from(['one ', 'two']) })
    expect(await answer.text(1000)).toBe('one two')
  })

  // CVE-2026-29057: a chunked body became a second request on the same connection.
  it('R1, V32: never turns a body into a second request', async () => {
    const seen: string[] = []
    await using app = await httpServer((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      request.resume().on('end', () => response.end('ok'))
    })
    const pool = createAppPools({ timeoutMs: 2000 }).poolFor(app.url, 'one')
    for (let turn = 0; turn < 2; turn += 1) {
      const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nX-Tenant-Id: evil\r\n\r\n'
      const answer = await askApp(pool, {
        method: 'POST',
        target: '/cb',
        headers: {},
        body: Readable.from([smuggled]),
        signal: new AbortController().signal,
      })
      await answer.text(1000)
    }
    expect(seen).toEqual(['POST /cb', 'POST /cb'])
  })

  it('reports an app that refuses connections as 502', async () => {
    const port = await httpServer(() => {}).then(async (app) => {
      await app[Symbol.asyncDispose]()
      return app.port
    })
    expect(await codeOf(ask(`http://127.0.0.1:${port}`))).toBe('502 app_unreachable')
  })

  it('X5: reports an app that says nothing as 504', async () => {
    await using app = await httpServer(() => {})
    expect(await codeOf(ask(app.url, {}, 200))).toBe('504 app_too_slow')
  })

  it.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n',
    'garbage\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello',
  ])('H2, H9, X17: reports the malformed answer %j as 502', async (bytes) => {
    await using app = await rawServer(
      (socket) => void socket.once('data', () => socket.end(bytes, 'latin1')),
    )
    expect(await codeOf(ask(app.url).then((answer) => answer.text(1000)))).toMatch(/^502|Error/)
  })

  it('H3: asks once more when the app had closed the idle connection, but never for a POST', async () => {
    for (const [method, expected] of [
      ['GET', 2],
      ['POST', 1],
    ] as const) {
      let connections = 0
      await using app = await rawServer((socket) => {
        connections += 1
        const first = connections === 1
        socket.on('data', () =>
          first ? socket.destroy() : socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
        )
      })
      const body = method === 'POST' ? Readable.from(['x']) : undefined
      await codeOf(ask(app.url, { method, body }))
      expect(connections, method).toBe(expected)
    }
  })
})

describe('relay', () => {
  it('X5: breaks off where the app broke off, so that half an answer never looks whole', async () => {
    await using app = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
        setTimeout(() => socket.destroy(), 50)
      })
    })
    await using front = await httpServer((_request, response) => {
      void ask(app.url).then((answer) => relay(answer, {}, response))
    })
    const outcome = await fetch(front.url)
      .then((response) => response.text())
      .catch(() => 'broken off')
    expect(outcome).toBe('broken off')
  })

  it.each(['', 'ok'])(
    'leaves the bytes of a field as they are, before the body %j',
    async (body) => {
      const bytes = Buffer.from('attachment; filename="schäden \u20ac.csv"\u00e9').toString(
        'latin1',
      )
      await using app = await rawServer((socket) => {
        socket.once('data', () => {
          const fields = `Content-Length: ${body.length}\r\nContent-Disposition: ${bytes}`
          socket.end(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${body}`, 'latin1')
        })
      })
      await using front = await httpServer((_request, response) => {
        void ask(app.url).then((answer) =>
          relay(
            answer,
            {
              'content-disposition': answer.headers['content-disposition'] ?? [],
              'content-length': `${body.length}`,
            },
            response,
          ),
        )
      })
      const { headers, body: received } = await request(front.url)
      expect(headers['content-disposition']).toBe(bytes)
      expect(await received.text()).toBe(body)
    },
  )

  it('passes the first line on before the second exists', async () => {
    let finish = () => {}
    await using app = await httpServer((_request, response) => {
      response.write('first\n')
      finish = () => response.end('second\n')
    })
    await using front = await httpServer((_request, response) => {
      void ask(app.url).then((answer) => relay(answer, {}, response))
    })
    const reader = (await fetch(front.url)).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('first\n')
    finish()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('second\n')
  })

  it('tells the app when the client has gone', async () => {
    const { promise: gone, resolve } = Promise.withResolvers<string>()
    await using app = await httpServer(
      (request) => void request.once('close', () => resolve('gone')),
    )
    await using front = await httpServer((_request, response) => {
      void codeOf(ask(app.url, { signal: endingOf(response).signal }, 10_000))
    })
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 100)
    await fetch(front.url, { signal: controller.signal }).catch(() => {})
    expect(await gone).toBe('gone')
  })
})

describe.each(['zstd', 'br', 'gzip'] as const)('relayCoded in %s', (coding) => {
  const decoder = { zstd: createZstdDecompress, br: createBrotliDecompress, gzip: createGunzip }
  const front = (url: string) =>
    httpServer((_request, response) => {
      void ask(url)
        .then((answer) => relayCoded(answer, downstream(answer.headers), response, coding))
        .catch(() => response.destroy())
    })
  const downstream = ({ 'content-length': length, 'content-type': type }: IncomingHttpHeaders) => ({
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(type === undefined ? {} : { 'content-type': type }),
  })

  it.each([5000, 3_000_000])('sends all of %i bytes', async (size) => {
    const sent = 'abcdefghij'.repeat(size / 10)
    await using app = await httpServer((_request, response) => {
      response.setHeader('content-length', size).end(sent)
    })
    await using gateway = await front(app.url)
    const { headers, body } = await request(gateway.url)
    expect(headers['content-encoding']).toBe(coding)
    // The app's length is that of something else.
    expect(headers['content-length']).not.toBe(String(size))
    expect(await text(body.pipe(decoder[coding]()))).toBe(sent)
  })

  it('passes the first line of a stream on before the second exists', async () => {
    let finish = () => {}
    await using app = await httpServer((_request, response) => {
      response.setHeader('content-type', 'application/x-ndjson').write('first\n')
      finish = () => response.end('second\n')
    })
    await using gateway = await front(app.url)
    const { body } = await request(gateway.url)
    const lines = body.pipe(decoder[coding]())[Symbol.asyncIterator]()
    expect(String((await lines.next()).value)).toBe('first\n')
    finish()
    expect(String((await lines.next()).value)).toBe('second\n')
  })

  it.each([2000, 100_000])('breaks off where the app breaks off within %i bytes', async (size) => {
    await using app = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\nhalf`)
        setTimeout(() => socket.destroy(), 50)
      })
    })
    await using gateway = await front(app.url)
    const outcome = request(gateway.url).then(({ body }) => body.text())
    await expect(outcome).rejects.toThrow()
  })
})

describe('limitedBody', () => {
  async function upload(init: RequestInit & { duplex?: 'half' }) {
    await using front = await httpServer((request, response) => {
      const answer = async () => {
        const body = limitedBody(request, 10)
        return body ? await text(body) : 'no body'
      }
      void codeOf(answer()).then((outcome) => response.end(outcome))
    })
    return (await fetch(front.url, init)).text()
  }

  it('lets a body of the allowed size pass', async () => {
    expect(await upload({ method: 'POST', body: '1234567890' })).toBe('answered')
  })

  it('H12, X14: refuses a larger one by its length', async () => {
    expect(await upload({ method: 'POST', body: '12345678901' })).toBe('413 body_too_large')
  })

  it('V36, X14: refuses a larger one by count when no length is announced', async () => {
    const body = ReadableStream.from(['12345', '67890', '1'].map((part) => Buffer.from(part)))
    expect(await upload({ method: 'POST', body, duplex: 'half' })).toBe('413 body_too_large')
  })

  it('H10: refuses fields after the body, before the body is said to be whole', async () => {
    await using front = await httpServer((request, response) => {
      const answer = async () => text(limitedBody(request, 10) ?? Readable.from([]))
      void codeOf(answer()).then((outcome) => response.end(outcome))
    })
    const socket = connect(front.port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nHost: b\r\n\r\n',
    )
    expect(await text(socket)).toContain('400 trailers')
  })
})
