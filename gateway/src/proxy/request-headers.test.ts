import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { upstreamHandshakeHeaders, upstreamHeaders, type Identity } from './request-headers.ts'

const identity: Identity = {
  principal: {
    issuer: 'i',
    sub: 'u1',
    email: 'viewer@acme.test',
    role: 'viewer',
    tenants: ['acme-corp'],
  },
  tenantId: 'acme-corp',
  dashboard: 'loss-development',
  tenantToken: 'signed',
  requestId: 'r1',
  traceparent: '00-a-b-01',
  tracestate: undefined,
}
const arrival = { host: 'dash.example', protocol: 'https', clientAddress: '192.0.2.1' } as const
const ours = [
  'x-tenant-id',
  'x-user-sub',
  'x-user-email',
  'x-user-role',
  'x-dashboard-slug',
  'x-request-id',
  'x-tenant-token',
  'traceparent',
]

describe('R3, B6, V25: upstreamHeaders', () => {
  it('states tenant, user, dashboard and request', () => {
    expect(upstreamHeaders({ accept: 'a/b' }, identity, arrival)).toMatchObject({
      accept: 'a/b',
      host: 'dash.example',
      'x-tenant-id': 'acme-corp',
      'x-user-email': 'viewer@acme.test',
      'x-tenant-token': 'signed',
    })
  })

  it('passes the state of a trace on where there is one that counts', () => {
    const sent = { tracestate: 'client=1' }
    expect(upstreamHeaders(sent, identity, arrival)).not.toHaveProperty('tracestate')
    const known = { ...identity, tracestate: 'proxy=1' }
    expect(upstreamHeaders(sent, known, arrival)).toMatchObject({ tracestate: 'proxy=1' })
  })

  it.each([
    'cookie',
    'authorization',
    'proxy-authorization',
    'forwarded',
    'x-real-ip',
    'te',
    'trailer',
    'x-original-url',
    'x-dashgate-tenant',
    'x-csrf-token',
    'early-data',
    'client-cert',
  ])('O4, M2, V4, V16, V25: passes no %s on', (name) => {
    expect(upstreamHeaders({ [name]: 'canary' }, identity, arrival)).not.toHaveProperty(name)
  })

  // Connection: X-Tenant-Id made other proxies delete the header that they had just set.
  it('H1, V13: is not moved by what Connection names', () => {
    const headers = upstreamHeaders(
      { connection: 'x-tenant-id, x-tenant-token, accept' },
      identity,
      arrival,
    )
    expect(headers['x-tenant-id']).toBe('acme-corp')
    expect(headers).not.toHaveProperty('connection')
  })

  it('V1, V14, V21: keeps what we state, whatever a client sends in any spelling', () => {
    const spelling = fc
      .constantFrom(...ours)
      .chain((name) =>
        fc.tuple(
          fc.constantFrom(
            name,
            name.toUpperCase(),
            name.replaceAll('-', '_'),
            ` ${name}`,
            `${name}-`,
          ),
          fc.string(),
        ),
      )
    fc.assert(
      fc.property(fc.array(spelling), (sent) => {
        const headers = upstreamHeaders(Object.fromEntries(sent), identity, arrival)
        const names = Object.keys(headers).map((name) => name.toLowerCase().replaceAll('_', '-'))
        expect(new Set(names).size).toBe(names.length)
        expect(headers['x-tenant-id']).toBe('acme-corp')
        expect(headers['x-user-role']).toBe('viewer')
        expect(Object.keys(headers).filter((name) => name.includes('_'))).toEqual([])
      }),
    )
  })

  it('H2: turns every claim into a header that cannot end early', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (email) => {
        const headers = upstreamHeaders(
          {},
          { ...identity, principal: { ...identity.principal, email } },
          arrival,
        )
        expect(headers['x-user-email']).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

describe('H4, V25: upstreamHandshakeHeaders', () => {
  it('offers what the client offered, and upgrades to nothing but WebSocket', () => {
    const headers = upstreamHandshakeHeaders(
      {
        upgrade: 'h2c',
        connection: 'keep-alive, x-tenant-id',
        'sec-websocket-key': 'k',
        cookie: 'canary',
      },
      identity,
      arrival,
    )
    expect(headers).toMatchObject({
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': 'k',
    })
    expect(headers).not.toHaveProperty('cookie')
    expect(headers['x-tenant-token']).toBe('signed')
  })
})
