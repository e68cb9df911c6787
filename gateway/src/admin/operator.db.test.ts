import { X509Certificate } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { credentialsOf } from '../../test-support/credentials.ts'
import {
  startGuardedAdmin,
  type Asked,
  type GuardedAdmin,
} from '../../test-support/guarded-admin.ts'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminAuth } from './operator.ts'
import { createRateLimits } from './rate-limit.ts'
import { createRefusalLog } from './refusal-log.ts'

let test: TestDatabase
let admin: GuardedAdmin

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  admin = await startGuardedAdmin(test.gatewayUrl)
})

beforeEach(async () => {
  await test.owner`truncate tenants, audit_logs cascade`
  await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
})

afterAll(async () => {
  await admin?.stop()
  await test?.drop()
})

const credentials = (what: string) => credentialsOf(admin, what)

const auditLines = () => test.owner`select actor, action, detail from audit_logs order by id`

/** With each way to authenticate, what comes of it: 200, or the reason of the refusal. */
const table: readonly [shown: string, outcomes: Record<AdminAuth, string>][] = [
  ['nothing', all('403 certificate_missing', '401 token_missing', '401 certificate_missing')],
  ['certificate', all('200', '401 token_missing', '200', '401 token_missing')],
  ['certificate that is not listed', byCertificate('403 certificate_not_listed')],
  ['certificate of another CA', byCertificate('403 certificate_untrusted')],
  ['expired certificate', byCertificate('403 certificate_expired')],
  ['token', all('403 certificate_missing', '200', '200')],
  ["user's token", byToken('403 token_not_a_client')],
  ['expired token', byToken('401 token_expired')],
  ['token for another audience', byToken('401 token_wrong_audience')],
  ['token without the role', byToken('403 token_role_missing')],
  ['token that is none', byToken('401 token_invalid')],
  ['password', byToken('401 token_invalid')],
  ['certificate + token', all('200', '200', '200', '200')],
  ['certificate + expired token', withToken('401 token_expired')],
  ["certificate + user's token", withToken('403 token_not_a_client')],
  ['expired certificate + token', withCertificate('403 certificate_expired')],
  ['certificate that is not listed + token', withCertificate('403 certificate_not_listed')],
]

function all(certificate: string, token: string, either: string, both = certificate) {
  return { certificate, token, either, both }
}
function byCertificate(refused: string) {
  return all(refused, '401 token_missing', refused)
}
function byToken(refused: string) {
  return all('403 certificate_missing', refused, refused)
}
/** A good certificate beside a token that is not: one who sends a token is judged by it. */
function withToken(refused: string) {
  return all('200', refused, refused, refused)
}
function withCertificate(refused: string) {
  return all(refused, '200', '200', refused)
}

const outcomeOf = ({ status, json }: { status: number; json: Record<string, unknown> }) =>
  status === 200 ? '200' : `${status} ${String(json['code'])}`

describe.each(['certificate', 'token', 'either', 'both'] as const)('ADMIN_AUTH=%s', (auth) => {
  it.each(table)(`with %s`, async (what, outcomes) => {
    const { ask } = await admin.listen({ auth })
    const given = await credentials(what)
    const answer = await ask(given)
    expect(outcomeOf(answer)).toBe(outcomes[auth])
    const [line, ...more] = await auditLines()
    if (answer.status === 200) {
      expect(line).toBeUndefined()
      return
    }
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(line).toMatchObject({
      action: 'admin.refused',
      detail: {
        reason: answer.json['code'],
        address: '127.0.0.1',
        method: 'GET',
        path: '/admin/tenants',
      },
    })
    expect(more).toEqual([])
    const secret = given.authorization?.split(' ')[1]
    if (secret !== undefined) expect(JSON.stringify([line, answer.text])).not.toContain(secret)
  })
})

describe('what is known of a refused caller', () => {
  it('is on the line: the certificate and who vouches for it, the client and the subject', async () => {
    const { ask } = await admin.listen({ auth: 'either' })
    await ask(await credentials('certificate of another CA'))
    await ask(await credentials("user's token"))
    await ask(await credentials('certificate that is not listed'))
    expect(await auditLines()).toMatchObject([
      {
        actor: 'unknown',
        detail: {
          certificate: { subject: 'CN=pipeline', issuer: 'CN=Other CA', isTrusted: false },
          fault: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        },
      },
      { actor: 'dashgate', detail: { client: 'dashgate', subject: 'person' } },
      {
        actor: 'CN=somebody',
        detail: {
          certificate: {
            subject: 'CN=somebody',
            fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
            isTrusted: true,
          },
        },
      },
    ])
  })
})

describe('an operator', () => {
  const change: Asked = {
    method: 'POST',
    path: '/admin/tenants/umbrella/metadata',
    body: { displayName: 'Umbrella' },
  }
  const certificate = {
    certificate: 'pipeline',
    fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/) as string,
  }
  const client = { client: 'pipeline-client' }

  it.each<[AdminAuth, string, string, Record<string, string>]>([
    ['certificate', 'certificate', 'pipeline', { via: 'certificate', ...certificate }],
    ['token', 'token', 'pipeline-client', { via: 'token', ...client }],
    ['either', 'token', 'pipeline-client', { via: 'token', ...client }],
    ['both', 'certificate + token', 'pipeline-client', { via: 'both', ...certificate, ...client }],
  ])(
    'with ADMIN_AUTH=%s and %s stands on the line of a change as %s',
    async (auth, what, actor, operator) => {
      const { ask } = await admin.listen({ auth })
      expect((await ask({ ...(await credentials(what)), ...change })).status).toBe(201)
      expect(await auditLines()).toMatchObject([
        { action: 'tenant.changed', actor, detail: { operator } },
      ])
    },
  )

  it('M1: whose token is bound to a certificate needs that certificate', async () => {
    const { ask } = await admin.listen({ auth: 'token' })
    const own = await credentials('certificate')
    const { fingerprint256 } = new X509Certificate(own.certificate?.cert ?? '')
    const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
    const authorization = await admin.issuer.bearer({ cnf: { 'x5t#S256': thumbprint } })
    expect(outcomeOf(await ask({ ...own, authorization }))).toBe('200')
    const stolen = { ...(await credentials('certificate')), authorization }
    for (const asked of [{ authorization }, stolen]) {
      expect(outcomeOf(await ask(asked))).toBe('401 token_wrong_certificate')
    }
  })

  it('may ask so often, and is told when to ask again', async () => {
    const { ask } = await admin.listen({ auth: 'either', limits: createRateLimits(3) })
    const pipeline = await credentials('certificate')
    const statuses = []
    for (let n = 0; n < 5; n += 1) statuses.push((await ask(pipeline)).status)
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    const answer = await ask(pipeline)
    expect(answer.json).toMatchObject({ status: 429, code: 'too_many_requests' })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect((await ask(await credentials('token'))).status).toBe(200)
  })
})

describe('V22: nothing is reachable before it is known who asks', () => {
  const paths = [
    '/',
    '/admin',
    '/admin/openapi.json',
    '/admin/tenants/nobody',
    '/admin/tenants/..%2f..',
    '/admin//tenants',
    '/%00',
    '/livez',
    '/metrics',
    '/.well-known/jwks.json',
  ]

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'])(
    'with %s',
    async (method) => {
      const { ask } = await admin.listen({ auth: 'either' })
      for (const path of paths) {
        const answer = await ask({ method, path })
        expect([path, answer.status, answer.headers['x-gateway-error']]).toEqual([
          path,
          401,
          'certificate_missing',
        ])
      }
    },
  )

  it.each([
    ['a control character', 'X-Any: a\x01b\r\n', '400'],
    ['a host that is none', 'Host: a b\r\n', '400'],
    ['a handshake for a WebSocket', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', ''],
    ['no HTTP', 'nothing of the kind\r\n', '400'],
  ])('with %s', async (_, field, status) => {
    const { port } = await admin.listen({ auth: 'either' })
    const { ca } = admin.authority
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca })
    const host = field.startsWith('Host:') ? '' : 'Host: localhost\r\n'
    socket.write(`GET /admin/tenants HTTP/1.1\r\n${host}${field}Connection: close\r\n\r\n`)
    const answer = await text(socket)
    expect(answer.slice(9, 12)).toBe(status)
    expect(answer).not.toMatch(/tenants|not_found|bad_/)
  })

  it('by one of two tokens, which two readers could choose between', async () => {
    const { ask } = await admin.listen({ auth: 'either' })
    const good = await admin.issuer.bearer()
    for (const authorization of [
      [good, 'Bearer a.b.c'],
      ['Bearer a.b.c', good],
      [good, good],
    ]) {
      expect(outcomeOf(await ask({ headers: { authorization } }))).toBe('401 token_invalid')
    }
  })

  it('M2: whatever headers say that a proxy in front has checked (RFC 9440)', async () => {
    const { ask } = await admin.listen({ auth: 'certificate' })
    const { cert } = await admin.authority.issue('pipeline')
    const pem = cert.toString()
    const headers = {
      'client-cert': `:${pem.replaceAll(/-----.*-----|\n/g, '')}:`,
      'x-ssl-client-cert': encodeURIComponent(pem),
      'x-ssl-client-verify': 'SUCCESS',
      'x-ssl-client-s-dn': 'CN=pipeline',
      'x-forwarded-client-cert': 'Subject="CN=pipeline"',
      'x-forwarded-for': '127.0.0.1',
    }
    expect(outcomeOf(await ask({ headers }))).toBe('403 certificate_missing')
  })
})

describe('V22: a page that a browser with the certificate of an operator has open', () => {
  const change = { method: 'POST', path: '/admin/tenants/from-a-page/metadata', body: {} }

  it.each<[how: string, headers: Record<string, string>]>([
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['of a sandbox', { origin: 'null' }],
    ['of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['in a browser that says nothing but Origin', { origin: 'http://localhost:8080' }],
    ['of the same host without TLS', { origin: 'http://127.0.0.1' }],
  ])('%s changes nothing', async (_, headers) => {
    const { ask } = await admin.listen({ auth: 'either' })
    const shown = await credentials('certificate')
    for (const asked of [change, { method: 'GET', path: '/admin/tenants' }]) {
      expect(outcomeOf(await ask({ ...shown, ...asked, headers }))).toBe('403 cross_site')
    }
    expect(await test.owner`select 1 from tenants`).toHaveLength(0)
  })

  it('is no hindrance to who opens an address by hand, or to a script', async () => {
    const { ask, port } = await admin.listen({ auth: 'either' })
    const shown = await credentials('certificate')
    for (const headers of [
      {},
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'same-origin', origin: `https://127.0.0.1:${port}` },
    ]) {
      expect((await ask({ ...shown, headers })).status).toBe(200)
    }
  })
})

describe('a refusal', () => {
  it('stands when it cannot be recorded', async () => {
    const faults: unknown[] = []
    const refusals = createRefusalLog({
      audit: admin.audit,
      onFault: (error) => faults.push(error),
    })
    const { ask } = await admin.listen({ auth: 'either', refusals })
    await test.owner`alter table audit_logs add constraint full_disk check (false) not valid`
    const answer = await ask(await credentials('expired certificate'))
    await test.owner`alter table audit_logs drop constraint full_disk`
    expect(outcomeOf(answer)).toBe('403 certificate_expired')
    expect(answer.text).not.toContain('full_disk')
    expect(faults).toHaveLength(1)
  })

  it('comes sixty times a minute from one address, which then is told to wait', async () => {
    const { ask } = await admin.listen({ auth: 'either' })
    const statuses = []
    for (let n = 0; n < 62; n += 1) statuses.push((await ask()).status)
    expect(statuses).toEqual([...Array.from({ length: 60 }, () => 401), 429, 429])
    expect((await ask(await credentials('certificate'))).status).toBe(200)
    expect(await auditLines()).toHaveLength(1)
  })

  it('is not what comes while the provider cannot be asked: nobody is let in, and it says so', async () => {
    const verifyToken = () =>
      Promise.reject(new GatewayError(503, 'provider_unavailable', 'The issuer does not answer.'))
    const { ask } = await admin.listen({ auth: 'both', verifyToken })
    const given = await credentials('certificate + token')
    const outcomes = []
    for (let n = 0; n < 61; n += 1) outcomes.push(outcomeOf(await ask(given)))
    expect(new Set(outcomes.slice(0, 60))).toEqual(new Set(['503 provider_unavailable']))
    expect(outcomes[60]).toBe('429 too_many_requests')
    expect(await auditLines()).toEqual([])
  })
})
