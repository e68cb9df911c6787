import { decodeJwt, createRemoteJWKSet, jwtVerify } from 'jose'
import { WebSocket } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEchoApp, type SeenRequest } from './support/echo-app.ts'
import { sendRaw } from './support/raw.ts'
import { eventually, operate, publicPort, signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

const base = '/dashboard/echo-app/'
const callback = `${base}_dash-update-component`
let app: Awaited<ReturnType<typeof startEchoApp>>
let acme: Visitor

beforeAll(async () => {
  app = await startEchoApp()
  await operate('PUT', '/admin/dashboards/echo-app', { title: 'Echo', appUrl: app.url })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug: 'echo-app', position: 99 })
  acme = await signedIn('viewer@acme.test')
  await eventually(
    () => acme.script(`${base}_dash-layout`),
    ({ status }) => status === 200,
  )
})

afterAll(async () => {
  await operate('DELETE', '/admin/tenants/acme-corp/dashboards/echo-app')
  await app.stop()
})

const last = (): SeenRequest => {
  const request = app.seen.at(-1)
  if (!request) throw new Error('the app was not asked')
  return request
}
const namesOf = (request: SeenRequest) => request.headers.map(([name]) => name)
const valueOf = (request: SeenRequest, name: string) =>
  request.headers.find(([one]) => one === name)?.[1]

const identity = [
  'traceparent',
  'x-dashboard-slug',
  'x-request-id',
  'x-tenant-id',
  'x-tenant-token',
  'x-user-email',
  'x-user-role',
  'x-user-sub',
]
const ordinary = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'origin',
  'range',
  'if-none-match',
  'if-range',
  'if-modified-since',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])
const handshake = new Set([
  'upgrade',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
])

/** Names that a client could send to be taken for somebody else, in spellings that servers fold together. */
const spellings = identity.flatMap((name) => [
  name,
  name.toUpperCase(),
  name.replaceAll('-', '_'),
  name.replace('-', '_'),
  `X-${name}`,
])

function expectOurs(request: SeenRequest, allowed: ReadonlySet<string> = ordinary) {
  const names = namesOf(request)
  expect(names.filter((name) => !identity.includes(name) && !allowed.has(name))).toEqual([])
  for (const name of identity)
    expect(
      names.filter((one) => one.replaceAll('_', '-') === name),
      name,
    ).toEqual([name])
  expect(valueOf(request, 'x-tenant-id')).toBe('acme-corp')
  expect(valueOf(request, 'x-user-role')).toBe('viewer')
  expect(valueOf(request, 'x-user-email')).toBe('viewer@acme.test')
  expect(valueOf(request, 'x-dashboard-slug')).toBe('echo-app')
  expect(JSON.stringify(request)).not.toContain('canary')
  expect(JSON.stringify(request)).not.toContain('Fe26.2')
}

describe('an app', () => {
  it('R3, B6, V25: gets exactly the headers of the contract', async () => {
    await acme.script(`${base}_dash-layout`)
    expectOurs(last())
  })

  it('gets a token that its key set verifies, and that says the same', async () => {
    await acme.script(`${base}_dash-layout`)
    const token = valueOf(last(), 'x-tenant-token') ?? ''
    const keys = createRemoteJWKSet(new URL(`${stack.internalUrl}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(token, keys, {
      audience: 'dashgate-internal',
      issuer: stack.publicUrl,
    })
    expect(payload).toMatchObject({
      tenant_id: 'acme-corp',
      role: 'viewer',
      email: 'viewer@acme.test',
      dashboard: 'echo-app',
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(900)
    expect(payload.jti).toBeTruthy()
    expect(payload['sid']).toBeTruthy()
  })

  it('V51: reads data with it, and a changed or foreign token reads nothing', async () => {
    await acme.script(`${base}_dash-layout`)
    const token = valueOf(last(), 'x-tenant-token') ?? ''
    const ask = (bearer: string) =>
      fetch(`${stack.internalUrl}/datasets`, { headers: { authorization: `Bearer ${bearer}` } })
    expect((await ask(token)).status).toBe(200)
    const [head = '', , signature = ''] = token.split('.')
    const forged = Buffer.from(
      JSON.stringify({ ...decodeJwt(token), tenant_id: 'globex' }),
    ).toString('base64url')
    expect((await ask(`${head}.${forged}.${signature}`)).status).toBe(401)
    expect(
      (await ask(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`)).status,
    ).toBe(401)
  })

  it.each(spellings)('R3, O4, V1, V14, V21: is not moved by %s', async (name) => {
    await acme.script(`${base}_dash-layout`, { headers: { [name]: 'canary' } })
    expectOurs(last())
  })

  it('H1, V4, V13, V16: is not moved by the same names doubled, or named in Connection', async () => {
    const lines = identity.flatMap((name) => [
      `${name}: canary1`,
      `${name.toUpperCase()}: canary2`,
      `${name.replaceAll('-', '_')}: canary3`,
    ])
    const before = app.seen.length
    const answer = await sendRaw(
      publicPort,
      [
        `GET ${base}_dash-layout HTTP/1.1`,
        `Host: localhost:${publicPort}`,
        `Cookie: ${acme.cookies.header}`,
        `Connection: close, ${identity.join(', ')}, cookie, host`,
        ...lines,
        'X-Forwarded-For: canary',
        'X-Forwarded-Host: canary',
        'X-Real-IP: canary',
        'X-Original-URL: /canary',
        'Authorization: Bearer canary',
        'Proxy-Authorization: canary',
        '',
        '',
      ].join('\r\n'),
    )
    expect(answer).toMatch(/^HTTP\/1.1 200/)
    expect(app.seen.length).toBe(before + 1)
    expectOurs(last())
    expect(valueOf(last(), 'x-forwarded-for')).toBe('127.0.0.1')
  })

  it('V25, O4, R9: gets the same with a WebSocket handshake', async () => {
    const url = `${stack.publicUrl.replace('http', 'ws')}${base}_dash-ws-callback?dashgate_tenant=acme-corp&x=1`
    const forged = Object.fromEntries(spellings.map((name) => [name, 'canary']))
    const socket = new WebSocket(url, {
      headers: { ...forged, cookie: acme.cookies.header, origin: stack.publicUrl },
    })
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    expectOurs(last(), new Set([...ordinary, ...handshake]))
    expect(last().url).toBe(`${base}_dash-ws-callback?x=1`)
    expect(valueOf(last(), 'host')).toBe(`localhost:${publicPort}`)
    socket.close()
  })

  it('cannot set a cookie', async () => {
    const answer = await acme.script(`${base}_dash-layout`)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  it.each([
    ['JSON', 'application/json', JSON.stringify({ output: 'x', inputs: ['ä€'] })],
    [
      'JSON that two readers read in two ways',
      'application/json',
      '{"a":1 , "a":2,\t"__proto__":{}}',
    ],
    ['no JSON', 'application/json', '{"a":'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&a=2&b=%0d%0a&c=%zz&&=x'],
    [
      'a form of parts with a name that breaks out (CVE-2026-55603)',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="a\r\nX-Injected: 1"\r\n\r\n--b--\r\n',
    ],
    ['a type that does not fit', 'text/plain; charset=utf-16', '\u0000\ufeff&a=b'],
  ])('V31: gets a body as it was sent, once: %s', async (_, type, body) => {
    const before = app.seen.length
    await acme.script(callback, {
      method: 'POST',
      headers: { origin: stack.publicUrl, 'content-type': type },
      body,
    })
    expect(app.seen.length).toBe(before + 1)
    expect(last().body).toBe(body)
  })

  // CVE-2026-29057 and its kin: the body of one request becomes another with forged headers.
  it.each(['POST', 'DELETE', 'OPTIONS'])(
    'R1, V32: never gets a second request out of the body of a chunked %s',
    async (method) => {
      const before = app.seen.length
      const smuggled = `GET ${base}_dash-layout HTTP/1.1\r\nHost: localhost\r\nX-Tenant-Id: globex\r\nX-Marker: smuggled\r\n\r\n`
      await sendRaw(
        publicPort,
        `${method} ${callback} HTTP/1.1\r\nHost: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\nOrigin: ${stack.publicUrl}\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
      )
      const fresh = app.seen.slice(before)
      expect(fresh.length).toBeLessThanOrEqual(1)
      expect(JSON.stringify(fresh.map(({ headers }) => headers))).not.toContain('smuggled')
    },
  )
})

describe('V49, R9: what is not part of Dash', () => {
  it.each([
    ['GET', '_mcp'],
    ['GET', '_reload-hash'],
    ['GET', 'docs'],
    ['GET', 'openapi.json'],
    ['GET', '_dash-update-component'],
    ['POST', ''],
    ['PUT', '_dash-layout'],
    ['GET', '?__debugger__=yes'],
    ['POST', '_dash-update-component?job=42'],
  ])('never reaches the app: %s %s', async (method, rest) => {
    const before = app.seen.length
    const answer = await acme.script(base + rest, { method, headers: { origin: stack.publicUrl } })
    expect(answer.status).toBe(404)
    expect(app.seen.length).toBe(before)
  })

  it('is a service worker', async () => {
    const before = app.seen.length
    expect(
      (await acme.script(`${base}assets/sw.js`, { headers: { 'service-worker': 'script' } }))
        .status,
    ).toBe(404)
    expect(app.seen.length).toBe(before)
  })
})
