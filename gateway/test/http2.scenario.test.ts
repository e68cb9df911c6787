import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../test-support/eventually.ts'
import { block, flags, frame, types, type Fields } from '../test-support/http2-frames.ts'
import { answerOf, host, startHttp2Scene, type Http2Scene } from './support/http2-scene.ts'
import type { Visitor } from './support/visitor.ts'

let scene: Http2Scene
let acme: Visitor
beforeAll(async () => {
  scene = await startHttp2Scene()
  acme = await scene.signedIn('viewer@acme.test')
})
afterAll(() => scene?.stop())

const callback = (end = '') => scene.path(`_dash-update-component?${end}`)
const posting = () => ({
  ...scene.as(acme),
  ':method': 'POST',
  'content-type': 'application/json',
})

describe('a dashboard over HTTP/2', () => {
  it('is answered as over HTTP/1.1, with nothing that belongs to a connection', async () => {
    const { ask } = scene.open()
    const {
      status,
      headers,
      text: body,
    } = await answerOf(ask(scene.path('_dash-layout'), scene.as(acme)))
    expect([status, body]).toEqual([200, '{"body":""}'])
    expect(headers).not.toHaveProperty('connection')
    expect(headers).not.toHaveProperty('x-hop')
    expect(headers['strict-transport-security']).toMatch(/max-age/)
    const head = ask(scene.path('_dash-layout'), { ...scene.as(acme), ':method': 'HEAD' })
    expect(await answerOf(head)).toMatchObject({ status: 200, text: '' })
  })

  it('takes a cookie that comes in crumbs', async () => {
    const { ask } = scene.open()
    const cookie = ['theme=dark', acme.cookies.header, 'a=b']
    const { status } = await answerOf(ask('/session', { ...scene.as(acme), cookie }))
    expect(status).toBe(200)
  })

  it('gets a body whose length nobody has said', async () => {
    const stream = scene.open().ask(callback(), posting())
    stream.write('{"one":')
    stream.end('1}')
    expect(JSON.parse((await answerOf(stream)).text)).toEqual({ body: '{"one":1}' })
  })

  it('streams: the first line comes before there is a second', async () => {
    const stream = scene.open().ask(callback('hold=lines'), posting())
    stream.end('{}')
    const first = await new Promise((resolve) => stream.once('data', resolve))
    expect(String(first)).toBe('{"first": "line",\n')
    scene.app.last('hold=lines')?.response.end('"second": "line"}')
    const rest = await new Promise((resolve) => stream.once('data', resolve))
    expect(String(rest)).toBe('"second": "line"}')
  })

  it('H12, X14: refuses a body that is too large by what it says, and in words', async () => {
    const fields = { ...posting(), 'content-length': String(65 * 1024 * 1024) }
    const { status, text: body } = await answerOf(scene.open().ask(callback(), fields))
    expect([status, JSON.parse(body)]).toMatchObject([413, { error: 'body_too_large' }])
  })

  it('has its WebSockets over HTTP/1.1 on the same port, under the same checks', async () => {
    async function handshake(cookie: string): Promise<string> {
      const socket = connectTls({
        port: scene.port,
        ca: scene.authority.ca,
        servername: 'localhost',
      })
      socket.on('error', () => {})
      const fields = {
        host,
        cookie,
        origin: `https://${host}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      }
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
      socket.write(
        [`GET ${scene.path('_dash-ws-callback')} HTTP/1.1`, ...lines, '', ''].join('\r\n'),
      )
      return (await text(socket)).split('\r\n', 1)[0] ?? ''
    }
    expect(await handshake(acme.cookies.header)).toBe('HTTP/1.1 101 Switching Protocols')
    expect(await handshake('')).toBe('HTTP/1.1 401 Unauthorized')
  })
})

describe('X5: what becomes of one stream leaves the others of its connection alone', () => {
  it('a request that is given up is given up at the app', async () => {
    const { ask } = scene.open()
    const other = ask(callback('hold=other'), posting())
    other.end('{}')
    const stream = ask(callback('hold=given-up'), posting())
    stream.end('{}')
    await new Promise((resolve) => stream.once('data', resolve))
    stream.close(8)
    await eventually(() => expect(scene.app.last('given-up')?.isGone).toBe(true))
    expect(scene.app.last('other')?.isGone).toBe(false)
    scene.app.last('other')?.response.end('}')
    expect((await answerOf(other)).text).toBe('{"first": "line",\n}')
  })

  it('an app that breaks off breaks off its own answer', async () => {
    const { ask } = scene.open()
    const [broken, other] = ['broken', 'whole'].map((name) => {
      const stream = ask(callback(`hold=${name}`), posting())
      stream.end('{}')
      return answerOf(stream)
    })
    await eventually(() => expect(scene.app.last('whole')?.isWhole).toBe(true))
    await eventually(() => expect(scene.app.last('broken')?.isWhole).toBe(true))
    scene.app.last('broken')?.response.destroy()
    expect((await broken)?.text).toBe('broken off')
    scene.app.last('whole')?.response.end('}')
    expect((await other)?.text).toBe('{"first": "line",\n}')
  })

  it('X14: half an upload is never a whole request to the app', async () => {
    using client = await scene.frames()
    const fields: Fields = [
      [':method', 'POST'],
      [':scheme', 'https'],
      [':authority', host],
      [':path', callback('half')],
      ...Object.entries(scene.as(acme)),
      ['content-type', 'application/json'],
    ]
    // More than what is waited for before the app is asked.
    const parts = Array.from({ length: 6 }, () =>
      frame(types.DATA, 0, 1, Buffer.alloc(16_000, 'a')),
    )
    // Before that, so many bytes at once are against the rules (RFC 9113 §6.9.2).
    await client.first(types.WINDOW_UPDATE)
    client.send(frame(types.HEADERS, flags.END_HEADERS, 1, block(fields)), ...parts)
    await eventually(() => expect(scene.app.last('half')?.body).toMatch(/^a/))
    client.send(frame(types.RST_STREAM, 0, 1, Buffer.from([0, 0, 0, 8])))
    await eventually(() => expect(scene.app.last('half')?.isGone).toBe(true))
    expect(scene.app.last('half')?.isWhole).toBe(false)
  })

  it('a session that ends takes its own streams along, and they look broken off', async () => {
    const globex = await scene.signedIn('viewer@acme.test')
    const { ask } = scene.open()
    const streams = [acme, globex].map((one, index) => {
      const stream = ask(callback(`hold=${index}`), { ...posting(), ...scene.as(one) })
      stream.end('{}')
      return stream
    })
    await Promise.all(streams.map((one) => new Promise((resolve) => one.once('data', resolve))))
    const [kept, cut] = streams.map((one) => answerOf(one))
    const leave = ask('/logout', {
      ...scene.as(globex),
      ':method': 'POST',
      'sec-fetch-mode': 'navigate',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '0',
    })
    leave.end()
    expect((await answerOf(leave)).status).toBeLessThan(400)
    expect((await cut)?.text).toBe('broken off')
    scene.app.last('hold=0')?.response.end('}')
    expect((await kept)?.text).toBe('}')
  })
})

/** nghttp2 does not pass it on to anybody. */
const reset = undefined

describe('R5, H2: a request of HTTP/2 that can be read in two ways', () => {
  it.each([
    ['names two servers', { host: 'other.test' }, 400],
    ['has credentials in its authority', { ':authority': `acme@${host}` }, reset],
    ['is for another server', { ':authority': 'other.test' }, 421],
    ['is for no server', { ':authority': '' }, reset],
    ['has a whole address for a path', { ':path': `https://${host}/session` }, reset],
    ['has dots in its path', { ':path': '/dashboard/../session' }, 400],
    ['has a path of two readings', { ':path': '/dashboard%2f..%2fsession' }, 400],
    ['has a fragment', { ':path': '/session#/dashboard' }, 400],
    ['is of another scheme', { ':scheme': 'ftp' }, 400],
    ['says twice whence it comes', { origin: [`https://${host}`, 'https://other.test'] }, 400],
    [
      'has too many fields',
      Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`x-${n}`, 'a'])),
      431,
    ],
    ['is too long', { 'x-long': 'a'.repeat(17 * 1024) }, 431],
    ['has too long an address', { ':path': `/${'a'.repeat(9000)}` }, 414],
    ['wants a tunnel', { ':method': 'CONNECT', ':path': undefined, ':scheme': undefined }, 405],
  ] as const)('is refused when it %s', async (_, fields, status) => {
    const { ask } = scene.open()
    const stream = ask('/session', { ...scene.as(acme), ...(fields as Record<string, string>) })
    expect((await answerOf(stream)).status).toBe(status)
  })

  const plain: Fields = [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', host],
    [':path', '/login'],
  ]
  it.each([
    ['a field of a connection', [...plain, ['connection', 'keep-alive']]],
    ['another framing', [...plain, ['transfer-encoding', 'chunked']]],
    ['an upgrade', [...plain, ['upgrade', 'websocket']]],
    ['a name in capitals', [...plain, ['X-Tenant-Id', 'globex']]],
    ['two paths', [...plain, [':path', '/session']]],
    ['a path after a field', [...plain.slice(0, 3), ['accept', '*/*'], [':path', '/login']]],
    ['a field that is none of the request', [...plain, [':status', '200']]],
    [
      'a tunnel for WebSockets, which is not offered',
      [[':method', 'CONNECT'], [':protocol', 'websocket'], ...plain.slice(1)],
    ],
    ['a length that its body does not have', [...plain, ['content-length', '5']]],
  ] as readonly (readonly [string, Fields])[])('is reset when it has %s', async (_, fields) => {
    using client = await scene.frames()
    const complete = flags.END_HEADERS | flags.END_STREAM
    client.send(frame(types.HEADERS, complete, 1, block(fields)))
    const answered = client.first(types.HEADERS, 1).then((one) => one && 'answered')
    const reset = client.first(types.RST_STREAM, 1).then((one) => one && 'reset')
    const gone = client.first(types.GOAWAY).then((one) => one && 'gone')
    expect(await Promise.race([answered, reset, gone])).toMatch(/^(reset|gone)$/)
  })
})

describe('X19: the certificate of the listener', () => {
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls(
        { port: scene.port, ca: scene.authority.ca, servername: 'localhost' },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.end()
        },
      ).on('error', reject)
    })
  const metrics = async () => (await fetch(`${scene.replica.opsUrl}/metrics`)).text()

  it('has its end among the metrics', async () => {
    expect(await metrics()).toMatch(
      /dashgate_tls_certificate_expiry_timestamp_seconds\{listener="public"\} \d+/,
    )
  })

  it('stays in use when a bad one comes, and is replaced at a signal', async () => {
    const { cert } = await scene.authority.issue('mismatch')
    const next = await scene.authority.issue('renewed')
    await scene.write({ cert, key: next.key })
    scene.replica.part.signal('SIGHUP')
    await eventually(async () =>
      expect(await scene.replica.log()).toContain('the one before stays in use'),
    )
    expect(await shown()).toBe(host)
    await scene.write(next)
    scene.replica.part.signal('SIGHUP')
    await eventually(async () => expect(await shown()).toBe('renewed'))
  })
})
