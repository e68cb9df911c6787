import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAuthority, type Authority, type Identity } from '../test-support/certificates.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../test-support/test-database.ts'
import { createAdminApp } from './admin-app.ts'
import { createAuditStore } from './audit/audit-store.ts'
import { connectDatabase, type Database } from './db/client.ts'
import { requestId } from './edge/request-id.ts'
import { loadKeyRings, type KeyRings } from './keys/key-rings.ts'
import { startServers, type Servers } from './servers.ts'

let test: TestDatabase
let database: Database
let keyRings: KeyRings
let servers: Servers
let authority: Authority
let operator: Agent
const agents: Agent[] = []

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
  keyRings = await loadKeyRings(database, randomBytes(32))
  authority = await createAuthority('Test CA')
  const app = createAdminApp({
    database,
    audit: createAuditStore(database),
    keyRings,
    allowedSubjects: ['pipeline', 'operator.example'],
    edge: [requestId()],
    report: () => {},
  })
  const tls = { ca: authority.ca, ...(await authority.issue('localhost')) }
  servers = await startServers([
    { name: 'admin', address: { host: '127.0.0.1', port: 0 }, app, tls },
  ])
  operator = agentOf(await authority.issue('pipeline'))
})

beforeEach(async () => {
  await test.owner`truncate tenants, dashboards, assignments, preferences, sessions, audit_logs`
  await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
  await seedTwoTenants(test.owner)
})

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.destroy()))
  await servers?.stop(100)
  await database?.close()
  await test?.drop()
})

function agentOf(identity?: Identity): Agent {
  const agent = new Agent({ connect: { ca: authority.ca, servername: 'localhost', ...identity } })
  agents.push(agent)
  return agent
}

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly json: Record<string, unknown>
}

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  { agent = operator, type = 'application/json' } = {},
): Promise<Answer> {
  const url = `https://127.0.0.1:${servers.port('admin')}${path}`
  const response = await request(url, {
    method,
    dispatcher: agent,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': type },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  })
  const text = await response.body.text()
  return {
    status: response.statusCode,
    type: response.headers['content-type']?.toString(),
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  }
}

const auditLines = () => test.owner`select * from audit_logs order by id`

describe('who may use the admin API', () => {
  it('are clients whose certificate bears an allowed common name or DNS name', async () => {
    const byDnsName = agentOf(await authority.issue('somebody', 'operator.example'))
    expect((await send('GET', '/admin/tenants')).status).toBe(200)
    expect((await send('GET', '/admin/tenants', undefined, { agent: byDnsName })).status).toBe(200)
  })

  it('are not others of the same CA', async () => {
    for (const name of ['somebody', 'pipeline2', 'Pipeline', 'pipeline.example', 'xpipeline']) {
      const agent = agentOf(await authority.issue(name))
      const answer = await send('GET', '/admin/tenants', undefined, { agent })
      expect([name, answer.status, answer.json['code']]).toEqual([
        name,
        403,
        'operator_not_allowed',
      ])
      expect(answer.type).toBe('application/problem+json')
    }
  })

  it.each<[string, () => Promise<Identity | undefined>]>([
    ['without a certificate', async () => undefined],
    ['with one of another CA', async () => (await createAuthority('Test CA')).issue('pipeline')],
    [
      'with one that has expired',
      () => authority.issue('pipeline', 'localhost', { expired: true }),
    ],
  ])('are not clients %s: they get no answer at all', async (_, identity) => {
    const agent = agentOf(await identity())
    await expect(send('GET', '/admin/tenants', undefined, { agent })).rejects.toThrow()
  })
})

describe('POST /admin/tenants/{id}/metadata', () => {
  const path = '/admin/tenants/umbrella/metadata'
  const logo = `data:image/png;base64,${Buffer.from('png').toString('base64')}`
  const body = {
    displayName: 'Umbrella Re',
    branding: { displayName: 'Umbrella', logo, colors: { primary: '#aa0011' } },
    config: { currency: 'EUR' },
  }

  it('makes a tenant whose data lie under its id', async () => {
    const answer = await send('POST', path, body)
    expect([answer.status, answer.json]).toMatchObject([
      201,
      { id: 'umbrella', status: 'active', ...body },
    ])
    const [row] = await test.owner`select storage_prefix from tenants where id = 'umbrella'`
    expect(row).toEqual({ storage_prefix: 'umbrella' })
  })

  it('changes what was sent and leaves the rest', async () => {
    await send('POST', path, body)
    const answer = await send('POST', path, { status: 'suspended' })
    expect([answer.status, answer.json]).toMatchObject([200, { ...body, status: 'suspended' }])
  })

  it('gives the same answer when it is sent twice, at once or one after the other', async () => {
    const twice = await Promise.all([send('POST', path, body), send('POST', path, body)])
    const third = await send('POST', path, body)
    for (const { json } of [...twice, third])
      expect(json).toMatchObject({ id: 'umbrella', ...body })
    expect(await test.owner`select id from tenants`).toHaveLength(3)
  })

  it.each<[unknown, string]>([
    [{ displayName: '' }, 'displayName'],
    [{ displayName: 'x'.repeat(101) }, 'displayName'],
    [{ displayName: 'a\u0000b' }, 'displayName'],
    [{ displayName: 'a\u{d800}' }, 'displayName'],
    [{ status: 'deleted' }, 'status'],
    [{ branding: { colors: { primary: '#fff' } } }, 'branding.colors.primary'],
    [{ branding: { colors: { primary: 'red;}' } } }, 'branding.colors.primary'],
    [{ branding: { logo: 'https://elsewhere/logo.png' } }, 'branding.logo'],
    [{ branding: { logo: 'data:text/html;base64,PGI+' } }, 'branding.logo'],
    [{ branding: { logo: 'data:image/png;base64,"><script>' } }, 'branding.logo'],
    [{ branding: { logo: `${logo}${'A'.repeat(64 * 1024)}` } }, 'branding.logo'],
    [{ branding: { displayName: 'x'.repeat(101) } }, 'branding.displayName'],
    [{ config: [] }, 'config'],
    [{ config: { a: '\u0000' } }, 'config'],
    [{ config: { '\u0000': 1 } }, 'config'],
    [{ storagePrefix: 'globex' }, '(body)'],
    [{ id: 'globex' }, '(body)'],
    [[], '(body)'],
    [null, '(body)'],
  ])('refuses %j and names %s', async (wrong, field) => {
    const answer = await send('POST', path, wrong)
    expect([answer.status, answer.type]).toEqual([422, 'application/problem+json'])
    expect(answer.json).toMatchObject({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      code: 'invalid_input',
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(JSON.stringify(answer.json['errors'])).toContain(`"field":"${field}`)
    expect(await auditLines()).toHaveLength(0)
  })

  it('refuses what is no JSON, too much of it, or too deep', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    expect((await send('POST', path, '{')).json).toMatchObject({
      status: 400,
      code: 'malformed_json',
    })
    expect((await send('POST', path, `{"config":${deep}}`)).status).toBe(422)
    expect((await send('POST', path, body, { type: 'text/plain' })).status).toBe(415)
    const huge = await send('POST', path, { config: { a: 'x'.repeat(300_000) } })
    expect(huge.json).toMatchObject({ status: 413, code: 'body_too_large' })
  })

  it.each(['Umbrella', '..%2fglobex', '-a', 'a'.repeat(64), '%00'])(
    'has no tenant %s',
    async (id) => {
      expect((await send('POST', `/admin/tenants/${id}/metadata`, {})).status).toBe(404)
    },
  )
})

describe('POST /admin/tenants/{id}/dashboards', () => {
  const path = '/admin/tenants/globex/dashboards'

  it('assigns one or several, and says what the tenant has now', async () => {
    await send('DELETE', '/admin/tenants/globex/dashboards/claims-monitor')
    const one = await send('POST', path, { slug: 'claims-monitor', position: 7, config: { a: 1 } })
    const several = await send('POST', path, [
      { slug: 'claims-monitor', position: 1 },
      { slug: 'loss-development', position: 2, enabled: false },
    ])

    expect(one.json['dashboards']).toMatchObject([
      { dashboardSlug: 'loss-development' },
      { dashboardSlug: 'claims-monitor', position: 7, config: { a: 1 } },
    ])
    expect(several.json['dashboards']).toMatchObject([
      { dashboardSlug: 'claims-monitor', position: 1 },
      { dashboardSlug: 'loss-development', position: 2, enabled: false },
    ])
    const other = await send('GET', '/admin/tenants/acme-corp')
    expect(other.json['dashboards']).toMatchObject([{ enabled: true }, { enabled: true }])
  })

  it.each<[unknown, string]>([
    [{ slug: 'nothing' }, 'slug'],
    [[{ slug: 'loss-development' }, { slug: 'nothing' }], '1.slug'],
    [[{ slug: 'loss-development' }, { slug: 'loss-development', position: -1 }], '1.position'],
    [{ slug: 'loss-development', enabled: 'yes' }, 'enabled'],
    [{ slug: 'loss-development', tenantId: 'acme-corp' }, '(body)'],
    [{}, 'slug'],
    [[], '(body)'],
  ])('refuses %j, names %s, and changes nothing', async (wrong, field) => {
    const answer = await send('POST', path, wrong)
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field }]])
    expect(await auditLines()).toHaveLength(0)
  })

  it('is 404 for a tenant that does not exist', async () => {
    const answer = await send('POST', '/admin/tenants/nobody/dashboards', {
      slug: 'claims-monitor',
    })
    expect(answer.status).toBe(404)
  })

  it('is undone by DELETE, once and again', async () => {
    const remove = '/admin/tenants/globex/dashboards/claims-monitor'
    expect([(await send('DELETE', remove)).status, (await send('DELETE', remove)).status]).toEqual([
      204, 204,
    ])
    const rows =
      await test.owner`select tenant_id from assignments where dashboard_slug = 'claims-monitor'`
    expect(rows).toEqual([{ tenant_id: 'acme-corp' }])
    expect(await auditLines()).toHaveLength(1)
  })
})

describe('PUT /admin/dashboards/{slug}', () => {
  it('makes and changes one', async () => {
    const body = { title: 'Reserves', appUrl: 'http://127.0.0.1:8052/' }
    const made = await send('PUT', '/admin/dashboards/reserves', body)
    const changed = await send('PUT', '/admin/dashboards/reserves', { ...body, title: 'New' })

    expect([made.status, made.json]).toMatchObject([
      201,
      { slug: 'reserves', appUrl: 'http://127.0.0.1:8052' },
    ])
    expect([changed.status, changed.json['title']]).toEqual([200, 'New'])
    expect((await send('GET', '/admin/dashboards/reserves')).json).toMatchObject({ title: 'New' })
    expect((await send('GET', '/admin/dashboards')).json['dashboards']).toHaveLength(3)
    expect((await send('GET', '/admin/dashboards/nothing')).status).toBe(404)
  })

  it.each([
    'http://a/path',
    'http://a?b=c',
    'http://user:pass@a',
    'ftp://a',
    'javascript:alert(1)',
    'a:8051',
    '//a',
    '',
    `http://${'a'.repeat(300)}`,
  ])('refuses %j as the address of an app', async (appUrl) => {
    const answer = await send('PUT', '/admin/dashboards/new', { title: 'T', appUrl })
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field: 'appUrl' }]])
  })
})

describe('POST /admin/rotate-secret', () => {
  it('adds keys, and what the old ones sealed stays readable', async () => {
    const sealed = keyRings.sealAtRest('refresh token', 'cookie')
    const before = keyRings.publicJwks().keys.length
    const all = await send('POST', '/admin/rotate-secret', {})
    const one = await send('POST', '/admin/rotate-secret', { ring: 'tenant-token' })

    expect(all.json['rotated']).toMatchObject([
      { ring: 'cookie' },
      { ring: 'tenant-token' },
      { ring: 'data' },
    ])
    expect(one.json['rotated']).toHaveLength(1)
    expect(keyRings.publicJwks().keys).toHaveLength(before + 2)
    expect(keyRings.openAtRest(sealed, 'cookie')).toBe('refresh token')
  })

  it('records which keys, and never a secret', async () => {
    await send('POST', '/admin/rotate-secret', { ring: 'cookie' })
    const [line] = await auditLines()
    expect(line).toMatchObject({
      action: 'secret.rotated',
      actor: 'pipeline',
      actor_type: 'client',
    })
    for (const secret of Object.values(keyRings.cookiePasswords())) {
      expect(JSON.stringify(line)).not.toContain(secret)
    }
  })
})

const listed = async (query = '') => {
  const { json } = await send('GET', `/admin/sessions${query}`)
  return JSON.stringify(json)
}

describe('sessions', () => {
  beforeEach(async () => {
    await test.owner`
      insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id,
        refresh_token_sealed, idle_expires_at, absolute_expires_at)
      select id, 'https://op', sub, sub || '@x.test', 'viewer', array[tenant], tenant, 'canary-sealed',
        now() + ends * interval '1 h', now() + ends * interval '1 h'
      from (values
        ('session-hash-0001', 'u1', 'acme-corp', 1),
        ('session-hash-0002', 'u1', 'globex', 1),
        ('session-hash-0003', 'u2', 'globex', 1),
        ('session-hash-0004', 'u3', 'globex', -1)
      ) as v (id, sub, tenant, ends)`
  })

  it('are listed while they last, without what could open one', async () => {
    const list = await listed()
    for (const n of [1, 2, 3]) expect(list).toContain(`session-hash-000${n}`)
    expect(list).not.toContain('session-hash-0004')
    expect(list).not.toContain('canary')
    expect(await listed('?tenantId=acme-corp')).not.toContain('session-hash-0002')
    expect(await listed('?sub=u2')).not.toContain('session-hash-0001')
    expect((await send('GET', '/admin/sessions?limit=0')).status).toBe(422)
    expect((await send('GET', '/admin/sessions?tenantid=acme-corp')).status).toBe(422)
  })

  it.each<[Record<string, string>, number]>([
    [{ sessionId: 'session-hash-0001' }, 1],
    [{ sub: 'u1' }, 2],
    [{ tenantId: 'acme-corp' }, 1],
    [{ sub: 'nobody' }, 0],
  ])('are revoked by %o', async (whose, count) => {
    const answer = await send('POST', '/admin/sessions/revoke', whose)
    const again = await send('POST', '/admin/sessions/revoke', whose)

    expect([answer.json, again.json]).toEqual([{ revoked: count }, { revoked: 0 }])
    const revoked = await test.owner`select id_hash from sessions where revoked_at is not null`
    expect(revoked).toHaveLength(count)
  })

  it.each([
    {},
    { sub: 'u1', tenantId: 'acme-corp' },
    { all: true },
    { sub: '' },
    { sub: 'a\u0000' },
  ])('are not revoked by %j', async (whose) => {
    expect((await send('POST', '/admin/sessions/revoke', whose)).status).toBe(422)
    expect(await test.owner`select 1 from sessions where revoked_at is not null`).toHaveLength(0)
  })
})

describe('the audit log', () => {
  it('says who changed what, from what to what, in which request', async () => {
    await send('POST', '/admin/tenants/globex/metadata', { displayName: 'Globex Re' })
    const [line] = await auditLines()

    expect(line).toMatchObject({
      action: 'tenant.changed',
      actor_type: 'client',
      actor: 'pipeline',
      tenant_id: 'globex',
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      detail: { before: { displayName: 'Globex' }, after: { displayName: 'Globex Re' } },
    })
  })

  it('and the change are kept together or not at all', async () => {
    await test.owner`alter table audit_logs add constraint full_disk check (false) not valid`
    for (const [method, path, body] of [
      ['POST', '/admin/tenants/globex/metadata', { displayName: 'Unrecorded' }],
      ['POST', '/admin/tenants/globex/dashboards', { slug: 'claims-monitor', enabled: false }],
      ['DELETE', '/admin/tenants/globex/dashboards/claims-monitor', undefined],
      ['PUT', '/admin/dashboards/claims-monitor', { title: 'Unrecorded', appUrl: 'http://a' }],
      ['POST', '/admin/rotate-secret', {}],
      ['POST', '/admin/sessions/revoke', { sub: 'u1' }],
    ] as const) {
      const answer = await send(method, path, body)
      expect([path, answer.status, answer.json['code']]).toEqual([path, 500, 'internal_error'])
      expect(JSON.stringify(answer.json)).not.toContain('full_disk')
    }
    await test.owner`alter table audit_logs drop constraint full_disk`
    const [left] = await test.owner`
      select (select count(*)::int from assignments where enabled) as assigned,
        (select count(*)::int from tenants where display_name = 'Unrecorded') as renamed,
        (select count(*)::int from dashboards where title = 'Unrecorded') as retitled`
    expect(left).toEqual({ assigned: 4, renamed: 0, retitled: 0 })
  })

  it('is read newest first, page by page, by tenant and by action', async () => {
    for (const name of ['A', 'B', 'C']) {
      await send('POST', '/admin/tenants/globex/metadata', { displayName: name })
    }
    await send('POST', '/admin/tenants/acme-corp/metadata', { displayName: 'D' })
    const ids = async (query: string) => {
      const { json } = await send('GET', `/admin/audit-logs${query}`)
      return (json['auditLogs'] as { id: number }[]).map((line) => line.id)
    }

    expect(await ids('')).toEqual([4, 3, 2, 1])
    expect(await ids('?limit=2&before=4')).toEqual([3, 2])
    expect(await ids('?tenantId=acme-corp')).toEqual([4])
    expect(await ids('?action=session.revoked')).toEqual([])
    expect((await send('GET', '/admin/audit-logs?order=asc')).status).toBe(422)
  })

  it('is not lost sight of by a cache', async () => {
    const url = `https://127.0.0.1:${servers.port('admin')}/admin/audit-logs`
    const response = await request(url, { dispatcher: operator })
    await response.body.dump()
    expect(response.headers['cache-control']).toBe('no-store')
  })
})
