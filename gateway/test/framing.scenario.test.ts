import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpusMessages } from '../test-support/corpus.ts'
import { assign, untilServed } from './support/assigned.ts'
import { startEchoApp, type SeenRequest } from './support/echo-app.ts'
import { sendRaw } from './support/raw.ts'
import { publicPort, signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

const slug = 'framing-app'
const base = `/dashboard/${slug}/`
let app: Awaited<ReturnType<typeof startEchoApp>>
let acme: Visitor
let unassign: () => Promise<void>

beforeAll(async () => {
  app = await startEchoApp()
  unassign = await assign(slug, app.url)
  acme = await signedIn('viewer@acme.test')
  await untilServed(acme, slug)
})

afterAll(async () => {
  await unassign?.()
  await app.stop()
})

/** The statuses of all answers on a connection, none where it was closed without one. */
const statusesOf = (answer: string) =>
  [...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status))

const post = (lines: readonly string[], body: string) =>
  Buffer.from(
    [
      `POST ${base}_dash-update-component HTTP/1.1`,
      `Host: localhost:${publicPort}`,
      `Origin: ${stack.publicUrl}`,
      `Cookie: ${acme.cookies.header}`,
      ...lines,
      '',
      body,
    ].join('\r\n'),
    'latin1',
  )

/** What the app saw since, each of it a request as we make them. */
function seenSince(count: number): readonly SeenRequest[] {
  const seen = app.seen.slice(count)
  for (const { url, headers } of seen) {
    expect(url.startsWith(base), url).toBe(true)
    const names = headers.map(([name]) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name === 'host')).toHaveLength(1)
    expect(JSON.stringify(headers)).not.toMatch(/smuggled|\\u00|evil/)
  }
  return seen
}

/**
 * A message that others have collected, made one for our app: with its path, its session and, where
 * there is one at all, our name as the first `Host`.
 */
function forOurApp(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const line = text.indexOf('\n') + 1
  const [, method = '', , version = ''] = /^(\S+) (\S+) (\S+\s*)$/m.exec(text.slice(0, line)) ?? []
  if (method === '') return bytes
  const path = method === 'POST' ? '_dash-update-component' : '_dash-layout'
  const ours = `Cookie: ${acme.cookies.header}\r\nOrigin: ${stack.publicUrl}\r\n`
  const rest = text.slice(line).replace(/^host:[^\r\n]*/im, `Host: localhost:${publicPort}`)
  return Buffer.from(`${method} ${base}${path} ${version.trim()}\r\n${ours}${rest}`, 'latin1')
}

const smuggled = `GET ${base}_dash-layout HTTP/1.1\r\nHost: localhost:${publicPort}\r\nX-Marker: smuggled\r\n\r\n`

describe('R5, H5, H6, H8, H9, H10: an invalid message for an app', () => {
  it('is refused, and the app sees no request or a good one', async () => {
    const messages = corpusMessages('invalid').filter(({ name }) => !/^01[12]\./.test(name))
    const before = app.seen.length
    const answers = await Promise.all(
      messages.flatMap(({ name, bytes }) =>
        // With our path in it, a wrong target is no more.
        (name.includes('_target_') ? [bytes] : [bytes, forOurApp(bytes)]).map(async (form) => ({
          name,
          statuses: statusesOf(await sendRaw(publicPort, form)),
        })),
      ),
    )
    const taken = answers.filter(({ statuses }) => statuses.some((status) => status < 400))
    expect(taken).toEqual([])
    seenSince(before)
  }, 60_000)
})

describe('H9, H10, R1, V32, V36: a body whose end can be read in two ways', () => {
  const chunk = (text: string, size = text.length.toString(16)) => `${size}\r\n${text}\r\n0\r\n\r\n`
  const size = String(smuggled.length)
  it.each<[string, readonly string[], string]>([
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], chunk(smuggled)],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 1'], chunk(smuggled)],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${size}`], smuggled],
    ['the same length twice', [`Content-Length: ${size}`, `Content-Length: ${size}`], smuggled],
    ['a list of lengths', [`Content-Length: 0, ${size}`], smuggled],
    ['a length with a sign', [`Content-Length: +${size}`], smuggled],
    ['a negative length', ['Content-Length: -1'], smuggled],
    ['a length in hexadecimal', ['Content-Length: 0x10'], smuggled],
    ['a length that is too large for a number', ['Content-Length: 99999999999999999999'], smuggled],
    ['a length after a tab and a space', ['Content-Length:\t 0 x'], smuggled],
    ['a coding before a colon', ['Transfer-Encoding : chunked'], chunk(smuggled)],
    ['a coding in another case, and a length', ['transfer-ENCODING: CHUNKED', 'Content-Length: 4'], chunk(smuggled)], // prettier-ignore
    ['two codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunk(smuggled)],
    ['a coding that does not end in chunks', ['Transfer-Encoding: chunked, gzip'], chunk(smuggled)],
    ['a coding that nobody knows', ['Transfer-Encoding: xchunked'], chunk(smuggled)],
    ['a coding with a control character', ['Transfer-Encoding: \x0bchunked'], chunk(smuggled)],
    ['a folded coding', ['Transfer-Encoding:', ' chunked', 'Content-Length: 3'], chunk(smuggled)],
    ['a chunk size with a sign', ['Transfer-Encoding: chunked'], chunk(smuggled, '+1')],
    ['a chunk size with a prefix', ['Transfer-Encoding: chunked'], chunk(smuggled, '0x5')],
    ['a chunk size without end', ['Transfer-Encoding: chunked'], chunk(smuggled, 'f'.repeat(20))],
    ['a chunk size of nothing', ['Transfer-Encoding: chunked'], chunk(smuggled, '')],
    ['a chunk extension of 20 KB', ['Transfer-Encoding: chunked'], chunk(smuggled, `5;${'a'.repeat(20_000)}`)], // prettier-ignore
    ['a bare line feed after a chunk size', ['Transfer-Encoding: chunked'], `5\nhello\r\n0\r\n\r\n${smuggled}`], // prettier-ignore
    ['a header that ends in CR CR LF', ['Content-Length: 0\r'], smuggled],
  ])('is one request at most: %s', async (_, lines, body) => {
    const before = app.seen.length
    const answer = await sendRaw(publicPort, post(lines, body))
    const seen = seenSince(before)
    expect(seen.length).toBeLessThanOrEqual(1)
    expect(statusesOf(answer).length).toBeLessThanOrEqual(2)
    // Whatever follows has no session of its own, and nothing of it is answered with data.
    expect(statusesOf(answer).filter((status) => status < 300).length).toBe(seen.length)
  })

  it.each(['Host: evil.example', 'X-Tenant-Id: evil', 'Content-Length: 9', 'Cookie: evil=1'])(
    'is refused with fields after it: %s',
    async (field) => {
      const before = app.seen.length
      const lines = ['Transfer-Encoding: chunked', 'Trailer: X-Note', 'Connection: close']
      const answer = await sendRaw(publicPort, post(lines, `2\r\n{}\r\n0\r\n${field}\r\n\r\n`))
      expect(statusesOf(answer)).toEqual([400])
      expect(seenSince(before)).toEqual([])
    },
  )
})

describe('H11: what comes after a refused body', () => {
  it('is no request', async () => {
    const before = app.seen.length
    const length = 10 * 1024 ** 3
    const answer = await sendRaw(publicPort, post([`Content-Length: ${length}`], smuggled))
    expect(statusesOf(answer)).toEqual([413])
    expect(app.seen.length).toBe(before)
  })
})

describe('H7, H6: a target in absolute form', () => {
  it.each([
    `http://evil.example${base}_dash-layout`,
    `http://localhost${base}_dash-layout`,
    `https://evil.example/`,
    'evil.example:443',
  ])('names no other host: %s', async (target) => {
    const before = app.seen.length
    const lines = `Host: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\nConnection: close`
    const answer = await sendRaw(publicPort, `GET ${target} HTTP/1.1\r\n${lines}\r\n\r\n`)
    expect(statusesOf(answer)[0]).toBeGreaterThanOrEqual(400)
    expect(app.seen.length).toBe(before)
  })

  it.each(['CONNECT evil.example:443', 'TRACE /', 'PRI *', `BREW ${base}_dash-layout`])(
    'is passed on with no method that is not of Dash: %s',
    async (start) => {
      const before = app.seen.length
      const lines = `Host: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\nConnection: close`
      const answer = await sendRaw(publicPort, `${start} HTTP/1.1\r\n${lines}\r\n\r\n`)
      expect(statusesOf(answer).filter((status) => status < 400)).toEqual([])
      expect(app.seen.length).toBe(before)
    },
  )
})

describe('H4, V29: an upgrade', () => {
  const upgrade = (path: string, protocol: string, cookie: string, body = '') =>
    sendRaw(
      publicPort,
      [
        `GET ${path} HTTP/1.1`,
        `Host: localhost:${publicPort}`,
        `Origin: ${stack.publicUrl}`,
        `Upgrade: ${protocol}`,
        'Connection: Upgrade, HTTP2-Settings',
        'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        `Cookie: ${cookie}`,
        ...(body === '' ? [] : [`Content-Length: ${body.length}`]),
        '',
        body,
      ].join('\r\n'),
    )

  it.each(['h2c', 'TLS/1.0', 'websocket, h2c', 'garbage', 'websocket\t2'])(
    'to %s is not made',
    async (protocol) => {
      for (const path of ['_dash-layout', '_dash-ws-callback']) {
        const answer = await upgrade(base + path, protocol, acme.cookies.header)
        expect(answer).not.toMatch(/^HTTP\/1\.1 101/)
      }
    },
  )

  it('is made nowhere but where Dash has its socket', async () => {
    for (const path of [`${base}_dash-layout`, '/session', '/', '/assets/x.js', base]) {
      const answer = await upgrade(path, 'websocket', acme.cookies.header)
      expect(answer, path).not.toMatch(/^HTTP\/1\.1 101/)
    }
  })

  it('brings no second request with it as a body', async () => {
    const before = app.seen.length
    await upgrade(`${base}_dash-ws-callback`, 'websocket', acme.cookies.header, smuggled)
    expect(seenSince(before).length).toBeLessThanOrEqual(1)
  })

  it('needs a session, and one that may see the dashboard', async () => {
    const before = app.seen.length
    const initech = await signedIn('viewer@initech.test')
    const gone = await signedIn('viewer@acme.test')
    const cookie = gone.cookies.header
    await gone.submit('/logout', {})
    for (const [header, status] of [
      ['', 401],
      ['__Host-Http-session=Fe26.2*made*up', 401],
      [cookie, 401],
      [initech.cookies.header, 404],
    ] as const) {
      const answer = await upgrade(`${base}_dash-ws-callback`, 'websocket', header)
      expect(statusesOf(answer)).toEqual([status])
    }
    expect(app.seen.length).toBe(before)
  })
})

describe('V2, V3, V4, V5, V16, V38: without a session', () => {
  it.each([
    ['a query', `${base}_dash-layout?x=/assets/frame.js`, []],
    ['a fragment', `${base}_dash-layout#/assets/`, []],
    ['the name of a probe', `${base}_dash-layout`, ['User-Agent: kube-probe/1.30']],
    ['the name of a health check', `${base}_dash-layout`, ['User-Agent: GoogleHC/1.0']],
    [
      'a forwarded address',
      `${base}_dash-layout`,
      ['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: ::1'],
    ],
    ['a forwarded path', `${base}_dash-layout`, ['X-Forwarded-Uri: /login', 'X-Original-URL: /login', 'X-Rewrite-URL: /login']], // prettier-ignore
    ['a forwarded prefix', `${base}_dash-layout`, ['X-Forwarded-Prefix: /assets', 'X-Forwarded-Host: evil.example']], // prettier-ignore
    ['another method', `${base}_dash-layout`, ['X-HTTP-Method-Override: OPTIONS', 'X-Forwarded-Method: OPTIONS']], // prettier-ignore
  ])('nothing is shown for %s', async (_, path, lines) => {
    const before = app.seen.length
    const answer = await sendRaw(
      publicPort,
      [`GET ${path} HTTP/1.1`, `Host: localhost:${publicPort}`, ...lines, 'Connection: close', '', ''].join('\r\n'), // prettier-ignore
    )
    expect([400, 401]).toContain(statusesOf(answer)[0])
    expect(answer).not.toContain('evil')
    expect(app.seen.length).toBe(before)
  })
})

describe('V39: another origin', () => {
  it.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
    'may read nothing: %s',
    async (origin) => {
      for (const path of ['/session', `${base}_dash-layout`, '/assets/none.js']) {
        for (const method of ['GET', 'OPTIONS']) {
          const { headers } = await acme.ask(path, {
            method,
            headers: { origin, 'access-control-request-method': 'POST' },
          })
          const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control'))
          expect(allowed, `${method} ${path}`).toEqual([])
        }
      }
    },
  )
})
