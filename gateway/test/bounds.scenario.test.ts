import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { assign, untilServed } from './support/assigned.ts'
import { measuredAt } from './support/measured.ts'
import { sendRaw } from './support/raw.ts'
import { eventually, publicPort, signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

const slug = 'bounded-app'
const base = `/dashboard/${slug}/`
const mebibyte = Buffer.alloc(1024 * 1024, 'x')
const longAnswer = 200
const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))

/** What the app has read of the last upload, and whether it was whole. */
let upload = { bytes: 0, ended: false, closed: false }
/** Bytes of the long answer that the app got rid of. */
let written = 0
let app: Awaited<ReturnType<typeof httpServer>>
let acme: Visitor
let unassign: () => Promise<void>

beforeAll(async () => {
  app = await httpServer((request, response) => {
    const how = new URL(request.url ?? '', 'http://app').searchParams.get('how')
    if (how === 'long') {
      written = 0
      response.writeHead(200, { 'content-length': longAnswer * mebibyte.length })
      const more = () => {
        while (written < longAnswer * mebibyte.length && !response.destroyed) {
          written += mebibyte.length
          if (!response.write(mebibyte)) return void response.once('drain', more)
        }
        response.end()
      }
      return more()
    }
    if (how === 'bomb') {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' })
      return void response.end(bomb)
    }
    upload = { bytes: 0, ended: false, closed: false }
    request.on('error', () => {}).on('close', () => (upload.closed = true))
    request.on('data', (chunk: Buffer) => (upload.bytes += chunk.length))
    request.on('end', () => {
      upload.ended = true
      response.end('{}')
    })
  })
  unassign = await assign(slug, app.url)
  acme = await signedIn('viewer@acme.test')
  await untilServed(acme, slug)
})

afterAll(async () => {
  await unassign?.()
  await app[Symbol.asyncDispose]()
})

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
const head = (method: string, path: string, lines: readonly string[] = []) =>
  [
    `${method} ${base}${path} HTTP/1.1`,
    `Host: localhost:${publicPort}`,
    `Origin: ${stack.publicUrl}`,
    `Cookie: ${acme.cookies.header}`,
    ...lines,
    '',
    '',
  ].join('\r\n')

/** Memory of the gateway process that is not to be had back. */
const residentBytes = async () => (await measuredAt(stack.opsUrl)).bytes

describe('H12, X16: what is too large to read', () => {
  it.each<[string, number, () => string]>([
    ['fields of 20 KB', 431, () => head('GET', '_dash-layout', [`X-Big: ${'a'.repeat(20_000)}`])],
    [
      'a cookie of 64 KB',
      431,
      () => head('GET', '_dash-layout', [`Cookie: ${'a'.repeat(65_536)}`]),
    ],
    [
      '2,000 fields',
      431,
      () =>
        head(
          'GET',
          '_dash-layout',
          Array.from({ length: 2000 }, () => 'a:'),
        ),
    ],
    [
      '200 fields',
      431,
      () =>
        head(
          'GET',
          '_dash-layout',
          Array.from({ length: 200 }, () => 'a: b'),
        ),
    ],
    ['an address of 9 KB', 414, () => head('GET', `_dash-layout?${'a'.repeat(9000)}`)],
    ['an address of 9 KB to a socket', 414, () => head('GET', `_dash-ws-callback?${'a'.repeat(9000)}`, ['Connection: Upgrade', 'Upgrade: websocket'])], // prettier-ignore
  ])('is refused: %s', async (_, status, request) => {
    expect(statusOf(await sendRaw(publicPort, request()))).toBe(status)
  })

  it('is answered with a page where a person asked, and the next request is fine', async () => {
    const long = await acme.ask(`/?${'a'.repeat(9000)}`, { headers: { accept: 'text/html' } })
    expect([long.status, long.headers.get('content-type')]).toEqual([
      414,
      'text/html; charset=UTF-8',
    ])
    expect((await acme.script('/session')).status).toBe(200)
  })
})

describe('X14, V36: an upload without end', () => {
  /** Writes chunks until the gateway has answered or closed; gives back what it said. */
  function pour(begin: string): Promise<{ answer: string; sent: number }> {
    return new Promise((resolve) => {
      const socket = connect(publicPort, '127.0.0.1')
      const answer: string[] = []
      let sent = 0
      const chunk = Buffer.concat([Buffer.from('100000\r\n'), mebibyte, Buffer.from('\r\n')])
      const more = () => {
        while (!socket.destroyed && answer.length === 0) {
          sent += mebibyte.length
          if (!socket.write(chunk)) return void socket.once('drain', more)
        }
      }
      socket.on('error', () => {})
      socket.on('data', (bytes: Buffer) => answer.push(bytes.toString('latin1')))
      socket.on('end', () => socket.destroy())
      socket.on('close', () => resolve({ answer: answer.join(''), sent }))
      socket.write(begin, more)
    })
  }

  it('is refused by its length before anything is read', async () => {
    upload = { bytes: 0, ended: false, closed: false }
    const request = head('POST', '_dash-update-component', [`Content-Length: ${10 * 1024 ** 3}`])
    expect(statusOf(await sendRaw(publicPort, request))).toBe(413)
    expect(upload.bytes).toBe(0)
  })

  it('is cut off by count, and the app has no whole request', async () => {
    upload = { bytes: 0, ended: false, closed: false }
    const request = head('POST', '_dash-update-component', ['Transfer-Encoding: chunked'])
    const { answer, sent } = await pour(request)
    expect([0, 413]).toContain(statusOf(answer))
    // 64 MiB are passed on; some are on the way when it is noticed.
    expect(sent).toBeLessThan(128 * mebibyte.length)
    await eventually(
      () => Promise.resolve(upload.closed),
      (closed) => closed,
    )
    expect(upload).toMatchObject({ ended: false, closed: true })
    // Passed on as it came: what is collected until it is too much would never have reached the app.
    expect(upload.bytes).toBeGreaterThan(32 * mebibyte.length)
  })
})

describe('X15: a reader that does not read', () => {
  const open = () => {
    const socket = connect(publicPort, '127.0.0.1')
    socket.on('error', () => {}).pause()
    socket.write(head('GET', '_dash-layout?how=long'))
    return socket
  }

  /** Whether the app has not got rid of anything more for a while. */
  async function standstill(): Promise<number> {
    let last = -1
    let quiet = 0
    return eventually(
      () => Promise.resolve(written),
      (now) => {
        quiet = now === last && now > 0 ? quiet + 1 : 0
        last = now
        return quiet > 10
      },
    )
  }

  it('stops the app instead of filling our memory, and gets everything once it reads', async () => {
    const before = await residentBytes()
    const socket = open()
    expect(await standstill()).toBeLessThan(64 * mebibyte.length)
    expect((await residentBytes()) - before).toBeLessThan(48 * mebibyte.length)
    let received = 0
    const done = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.length
        if (received > longAnswer * mebibyte.length) resolve()
      })
    })
    socket.resume()
    await done
    socket.destroy()
    expect(written).toBe(longAnswer * mebibyte.length)
  })

  it('lets the app go when it hangs up', async () => {
    const sockets: Socket[] = [open(), open(), open()]
    await standstill()
    for (const socket of sockets) socket.destroy()
    const connections = () => new Promise<number>((resolve) => app.server.getConnections((_, count) => resolve(count))) // prettier-ignore
    expect(await eventually(connections, (count) => count <= 1)).toBeLessThanOrEqual(1)
  })
})

describe('X18: a compressed answer that becomes very large', () => {
  it('is passed on as it is', async () => {
    const answer = await sendRaw(publicPort, head('GET', '_dash-layout?how=bomb', ['Connection: close'])) // prettier-ignore
    const [fields = '', ...body] = answer.split('\r\n\r\n')
    expect(fields).toMatch(/^content-encoding: gzip$/im)
    expect(body.join('\r\n\r\n').length).toBeLessThan(bomb.length + 1000)
    expect(body.join('\r\n\r\n').length).toBeGreaterThanOrEqual(bomb.length)
  })
})

describe('V23: what is for operators', () => {
  it.each([
    '/metrics',
    '/livez',
    '/readyz',
    '/admin/tenants',
    '/.well-known/jwks.json',
    '/datasets',
  ])('is not on the public listener: %s', async (path) => {
    const { status, text } = await acme.script(path)
    expect(status).toBe(404)
    expect(text).not.toContain('process_resident')
  })
})
