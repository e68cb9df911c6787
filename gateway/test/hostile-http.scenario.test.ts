import { beforeAll, describe, expect, it } from 'vitest'
import { corpusLines, corpusMessages } from '../test-support/corpus.ts'
import { sendRaw } from './support/raw.ts'
import { publicPort, signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

let acme: Visitor
beforeAll(async () => {
  acme = await signedIn('viewer@acme.test')
})

const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0)
const get = (target: string, extra: string[] = [], host = `localhost:${publicPort}`) =>
  sendRaw(
    publicPort,
    Buffer.from(
      [
        `GET ${target} HTTP/1.1`,
        `Host: ${host}`,
        `Cookie: ${acme.cookies.header}`,
        ...extra,
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
      'latin1',
    ),
  )

const layout = '/dashboard/loss-development/_dash-layout'
const traversals = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%2e%2e%2f',
  '..%5c',
  '..\\',
  '..;/',
  '..%00/',
  '%252e%252e%252f',
  '....//',
  '..%c0%af',
  '\\..\\',
]

describe('R4, V2, V3, V12, V15, V40, V50: a path that can be read in two ways', () => {
  it.each([
    '/dashboard/claims-monitor/../loss-development/_dash-layout',
    '/dashboard/loss-development%2f_dash-layout',
    '/dashboard//loss-development/_dash-layout',
    '//dashboard/loss-development/_dash-layout',
    '/dashboard/loss-development/..;/_dash-layout',
    '/dashboard/loss-development/_dash-layout%00',
    '/dashboard/loss-development/_dash-layout#x',
    '/dashboard\\loss-development\\_dash-layout',
    '/%64ashboard/loss-development/%2e/_dash-layout',
  ])('is refused: %s', async (target) => {
    const answer = await get(target)
    expect([400, 404]).toContain(statusOf(answer))
    expect(answer).not.toContain('Acme Corp')
  })

  it('is refused in every form that others have collected', async () => {
    const forms = [...traversals, ...corpusLines('path-traversal.txt').slice(0, 300)]
    for (const form of forms) {
      const name = form
        .replaceAll('{FILE}', 'loss-development/_dash-layout')
        .replace(/[\r\n ]/g, '')
      const answer = await get(`/dashboard/x/${name}`)
      expect([400, 404], form).toContain(statusOf(answer))
    }
  }, 60_000)

  it('H2: is no way to split a response', async () => {
    for (const line of ['/%0d%0aSet-Cookie:crlf=injection', ...corpusLines('crlf-injection.txt')]) {
      for (const target of [line, `/login?return_to=${line}`]) {
        const answer = await get(target)
        expect(answer, target).not.toMatch(/^set-cookie: *crlf/im)
      }
    }
  })
})

describe('H6, R4, V30: a host that is not ours', () => {
  it.each([
    'evil.example',
    `localhost:${publicPort}.evil.example`,
    `evil@localhost:${publicPort}`,
    '',
    '127.0.0.1',
  ])('is refused: %s', async (host) => {
    expect([400, 421]).toContain(statusOf(await get(layout, [], host)))
  })

  it('H7: cannot be slipped in by the absolute form', async () => {
    const answer = await get(`http://evil.example${layout}`)
    expect([400, 404, 421]).toContain(statusOf(answer))
  })
})

describe('R5, H5, H8, H9: a header section that can be read in two ways', () => {
  it.each([
    ['a second Host', ['Host: evil.example']],
    ['a second Content-Type', ['Content-Type: a/b', 'Content-Type: c/d']],
    ['a control character', ['X-Note: a\x07b']],
    ['a delete character', ['X-Note: a\x7fb']],
    ['length and chunks at once', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['a space before the colon', ['X-Note : x']],
    ['a folded line', ['X-Note: a', ' b']],
  ])('is refused: %s', async (_, lines) => {
    expect(statusOf(await get(layout, lines))).toBe(400)
  })

  it('X16, H12, V43: is refused when it is too large, and the server lives', async () => {
    expect(statusOf(await get(layout, [`X-Big: ${'a'.repeat(20_000)}`]))).toBe(431)
    expect(statusOf(await get(layout, ['__proto__: x']))).toBe(200)
  })

  it('is refused in every form that others have collected', async () => {
    // 011 and 012 need another server's own low limits.
    const messages = corpusMessages('invalid').filter(({ name }) => !/^01[12]\./.test(name))
    // All at once: those that are no whole request are answered by nothing, for as long as we wait.
    const answers = await Promise.all(
      messages.map(async ({ name, bytes }) => ({
        name,
        status: statusOf(await sendRaw(publicPort, bytes)),
      })),
    )
    const isRefused = (status: number) => status === 0 || (status >= 400 && status < 600)
    expect(answers.filter(({ status }) => !isRefused(status))).toEqual([])
  }, 120_000)
})

describe('B5, V24, V33, V39: a request from another site', () => {
  const change = (
    headers: Record<string, string>,
    contentType = 'application/x-www-form-urlencoded',
  ) =>
    acme.ask('/logout', {
      method: 'POST',
      headers: { 'content-type': contentType, ...headers },
      body: 'a=b',
    })

  it.each([
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' },
    { 'sec-fetch-site': 'none' },
    { origin: 'null' },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ])('changes nothing: %o', async (headers) => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'APPLICATION/JSON',
      '',
    ]) {
      const answer = await change(headers, type)
      expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([403, 'cross_site'])
    }
    expect((await acme.script('/session')).status).toBe(200)
  })

  it('reaches no callback of a dashboard', async () => {
    const answer = await acme.ask('/dashboard/loss-development/_dash-update-component', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: '{}',
    })
    expect(answer.status).toBe(403)
  })

  it('R9: opens no WebSocket', async () => {
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const answer = await get('/dashboard/claims-monitor/_dash-ws-callback', [
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        ...(origin === undefined ? [] : [`Origin: ${origin}`]),
      ])
      expect(statusOf(answer)).toBe(403)
    }
  })

  it('is told from a script that shows the token of its session', async () => {
    const { csrfToken } = JSON.parse((await acme.script('/session')).text) as { csrfToken: string }
    const bytes = (token: string) =>
      `DELETE /api/preferences/loss-development/none HTTP/1.1\r\nHost: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\nX-CSRF-Token: ${token}\r\nConnection: close\r\n\r\n`
    expect(statusOf(await sendRaw(publicPort, bytes('made-up')))).toBe(403)
    expect([204, 404]).toContain(statusOf(await sendRaw(publicPort, bytes(csrfToken))))
  })
})

describe('every answer', () => {
  it.each([
    '/',
    '/session',
    '/no-such-page',
    layout,
    '/assets/none.js',
    '/logout',
    '/dashboard/loss-development/',
  ])('O5, O6: carries the security headers: %s', async (path) => {
    const { headers } = await acme.script(path)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(headers.has('server')).toBe(false)
  })

  it('V27: about somebody is never stored', async () => {
    for (const path of ['/', '/session', layout, '/dashboard/loss-development/']) {
      expect((await acme.script(path)).headers.get('cache-control'), path).toBe('no-store')
    }
  })

  it('is no index page with the layout of somebody else in it', async () => {
    const page = await acme.ask('/dashboard/loss-development/', {
      headers: {
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'iframe',
        'sec-fetch-site': 'same-origin',
      },
    })
    expect(page.status).toBe(200)
    expect(page.text).not.toContain('validation_layout')
    const nonce =
      /'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1] ?? ''
    expect(nonce.length).toBeGreaterThan(20)
    for (const script of page.text.replaceAll(/<!--.*?-->/gs, '').match(/<script[^>]*>/g) ?? [])
      expect(script).toContain(`nonce="${nonce}"`)
    expect(stack.publicUrl).toBeTruthy()
  })
})
