import { randomBytes } from 'node:crypto'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest'
import { serveApp, type ServedApp } from '../test-support/serve-app.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../test-support/test-database.ts'
import { createAuditStore } from './audit/audit-store.ts'
import { createAzureStorage } from './data/azure-storage.ts'
import { connectDatabase, type Database } from './db/client.ts'
import type { GatewayError } from './edge/gateway-error.ts'
import { accessLog } from './edge/access-log.ts'
import { requestId } from './edge/request-id.ts'
import { createInternalApp } from './internal-app.ts'
import { loadKeyRings, type KeyRings } from './keys/key-rings.ts'
import {
  createTenantTokens,
  type TenantTokenClaims,
  type TenantTokens,
} from './keys/tenant-token.ts'
import { createPreferenceStore } from './preferences/preference-store.ts'
import { createWriteLimit } from './preferences/write-limit.ts'
import { createTenantDirectory, type TenantDirectory } from './tenant/directory.ts'

const issuer = 'http://localhost:8080'
const containerName = `internal-${randomBytes(4).toString('hex')}`
let test: TestDatabase
let database: Database
let keyRings: KeyRings
let tenantTokens: TenantTokens
let directory: TenantDirectory
let container: ContainerClient
let served: ServedApp
const endedSessions = new Set<string>()
const reported: GatewayError[] = []

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  await test.owner`update tenants set config = '{"currency":"USD","level":"tenant"}',
    branding = '{"colors":{"primary":"#123456"}}' where id = 'acme-corp'`
  await test.owner`update dashboards set default_config = '{"level":"default","years":10}'`
  await test.owner`update assignments set config = '{"level":"assignment"}'
    where tenant_id = 'acme-corp' and dashboard_slug = 'loss-development'`
  const connectionString = inject('blobConnectionString')
  container =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient(containerName)
  await container.create()
  for (const tenant of ['acme-corp', 'globex']) {
    const bytes = Buffer.from(`canary of ${tenant}`)
    await container.getBlockBlobClient(`${tenant}/triangles.parquet`).uploadData(bytes)
  }
  await container.getBlockBlobClient('globex/secret.parquet').uploadData(Buffer.from('canary'))

  database = connectDatabase({ url: test.gatewayUrl })
  keyRings = await loadKeyRings(database, randomBytes(32))
  tenantTokens = createTenantTokens(keyRings, { issuer })
  directory = createTenantDirectory(database)
  const app = createInternalApp({
    tenantTokens,
    keyRings,
    directory,
    datasets: createAzureStorage({ connectionString }, { containerName }),
    preferences: createPreferenceStore(database, createAuditStore(database), createWriteLimit()),
    isSessionLive: async (sid) => !endedSessions.has(sid),
    issuer: 'https://op',
    edge: [requestId(), accessLog((record) => void traceIds.push(record.traceId))],
    report: (error) => void reported.push(error),
  })
  served = await serveApp(app)
})

const traceIds: string[] = []

beforeEach(async () => {
  traceIds.length = 0
  endedSessions.clear()
  await test.owner`update tenants set status = 'active'`
  await test.owner`update assignments set enabled = true`
  await directory.reload()
})

afterAll(async () => {
  await served?.stop()
  await database?.close()
  await test?.drop()
  await container?.deleteIfExists()
})

const acme: TenantTokenClaims = {
  sub: 'u1',
  tenantId: 'acme-corp',
  role: 'viewer',
  email: 'viewer@acme.test',
  dashboard: 'loss-development',
  sid: 'session-1',
}

async function ask(
  path: string,
  { claims = {}, ...init }: RequestInit & { claims?: Partial<TenantTokenClaims> } = {},
): Promise<Response> {
  const { token } = await tenantTokens.sign({ ...acme, ...claims })
  const headers = new Headers(init.headers)
  headers.set('Authorization', `Bearer ${token}`)
  return fetch(`${served.url}${path}`, { ...init, headers })
}

describe('the trace of a request of the data API', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }

  it('is that of the app', async () => {
    await ask('/context', { headers })
    await vi.waitUntil(() => traceIds.length > 0, { timeout: 10_000 })
    expect(traceIds).toEqual([traceId])
  })

  it('V4: is our own where no tenant token comes with it', async () => {
    await fetch(`${served.url}/context`, { headers })
    await vi.waitUntil(() => traceIds.length > 0, { timeout: 10_000 })
    expect(traceIds).not.toEqual([traceId])
  })
})

const paths = [
  '/context',
  '/datasets',
  '/datasets/triangles',
  '/preferences',
  '/preferences/a',
  '/nothing',
]

describe('without a good tenant token', () => {
  it.each(paths)('%s is 401', async (path) => {
    const { token } = await tenantTokens.sign(acme)
    const foreign = await createTenantTokens(keyRings, { issuer: 'http://elsewhere' }).sign(acme)
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Basic ${token}`,
      token,
      `Bearer ${token}x`,
      `Bearer ${token} ${token}`,
      `Bearer ${token},Bearer ${token}`,
      `Bearer ${foreign.token}`,
    ]) {
      const headers = authorization === undefined ? {} : { Authorization: authorization }
      const response = await fetch(`${served.url}${path}`, { headers })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
      expect(await response.json()).toMatchObject({ error: 'invalid_token' })
    }
  })

  it('the key set alone is open, and says how long it may be kept', async () => {
    const response = await fetch(`${served.url}/.well-known/jwks.json`)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('public, max-age=60')
    expect(await response.json()).toEqual(keyRings.publicJwks())
  })
})

describe('a good tenant token', () => {
  it('is refused once its session has ended', async () => {
    endedSessions.add('session-1')
    for (const path of paths) {
      const response = await ask(path)
      expect([response.status, await response.json()]).toMatchObject([
        401,
        { error: 'session_expired' },
      ])
    }
  })

  it.each([
    ['its tenant is suspended', `update tenants set status = 'suspended'`],
    ['its dashboard is no longer assigned', `update assignments set enabled = false`],
  ])('is refused once %s', async (_, change) => {
    await test.owner.unsafe(change)
    await directory.reload()
    for (const path of paths) {
      const response = await ask(path)
      expect([response.status, await response.json()]).toMatchObject([
        403,
        { error: 'access_ended' },
      ])
    }
  })

  it('is refused for a tenant or dashboard that does not exist', async () => {
    expect((await ask('/context', { claims: { tenantId: 'nobody' } })).status).toBe(403)
    expect((await ask('/context', { claims: { dashboard: 'nothing' } })).status).toBe(403)
  })

  it('leads to nothing where there is nothing', async () => {
    expect((await ask('/nothing')).status).toBe(404)
  })
})

describe('GET /context', () => {
  const misfit = `update dashboards set config_schema = '{"properties":{"years":{"type":"string"}}}'
    where slug = 'loss-development'`

  afterEach(async () => {
    await test.owner`update dashboards set config_schema = null`
  })

  it('tells who, for which tenant, and the config merged from general to special', async () => {
    const response = await ask('/context')

    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({
      tenant: { id: 'acme-corp', displayName: 'Acme Corp' },
      user: { sub: 'u1', email: 'viewer@acme.test', role: 'viewer' },
      dashboard: { slug: 'loss-development', title: 'Loss development' },
      branding: { displayName: 'Acme Corp', colors: { primary: '#123456' } },
      config: { currency: 'USD', level: 'assignment', years: 10 },
    })
  })

  it('answers 304 until something changes, and never for what another person or tenant has', async () => {
    const etag = (await ask('/context')).headers.get('etag') ?? ''
    const again = (claims: Partial<TenantTokenClaims> = {}) =>
      ask('/context', { claims, headers: { 'If-None-Match': etag } })

    const same = await again()
    expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag])
    expect((await again({ sub: 'u2' })).status).toBe(200)
    expect((await again({ tenantId: 'globex' })).status).toBe(200)

    await test.owner`update tenants set config = config || '{"currency":"EUR"}'
      where id = 'acme-corp'`
    await directory.reload()
    const changed = await again()
    expect([changed.status, await changed.json()]).toMatchObject([
      200,
      { config: { currency: 'EUR' } },
    ])
    await test.owner`update tenants set config = config || '{"currency":"USD"}'
      where id = 'acme-corp'`
  })

  it('says that stored settings do not fit, and gives none: neither these nor others', async () => {
    await test.owner.unsafe(misfit)
    await directory.reload()

    for (const claims of [{}, { tenantId: 'globex' }]) {
      const response = await ask('/context', { claims })
      const text = await response.text()
      expect([response.status, JSON.parse(text)]).toMatchObject([500, { error: 'config_invalid' }])
      expect(text).not.toContain('USD')
    }
    expect(reported.at(-1)?.cause).toBe('globex, loss-development: years must be string')
    expect((await ask('/context', { claims: { dashboard: 'claims-monitor' } })).status).toBe(200)
  })

  it('says so too when the schema itself is none', async () => {
    await test.owner`update dashboards set config_schema = '{"type":"nonsense"}'`
    await directory.reload()
    expect((await ask('/context')).status).toBe(500)
  })

  it('leaves out of a tenant’s settings what the dashboard does not know', async () => {
    await test.owner`update dashboards set
      config_schema = '{"properties":{"level":{},"years":{}},"additionalProperties":false}'`
    await directory.reload()
    expect(await (await ask('/context')).json()).toMatchObject({
      config: { level: 'assignment', years: 10 },
    })
  })
})

describe('the tenant', () => {
  const hints: RequestInit = {
    headers: { 'X-Tenant-Id': 'globex', 'X-Tenant-Token': 'x', Cookie: 'tenant=globex' },
  }

  it('is the one of the token, whatever else a request says', async () => {
    for (const query of ['', '?tenant_id=globex', '?tenant=globex', '#globex']) {
      const response = await ask(`/datasets/triangles${query}`, hints)
      expect(await response.text()).toBe('canary of acme-corp')
    }
    const own = await ask('/datasets/triangles', { claims: { tenantId: 'globex' } })
    expect(await own.text()).toBe('canary of globex')
  })

  it("has no way to another's dataset", async () => {
    for (const name of [
      'secret',
      '..%2fglobex%2fsecret',
      'globex%2fsecret',
      '..%2Fglobex%2Fsecret.parquet',
    ]) {
      const response = await ask(`/datasets/${name}`)
      expect([response.status, (await response.text()).includes('canary')]).toEqual([404, false])
    }
  })

  it("has no way to another's preferences", async () => {
    const put = (claims: Partial<TenantTokenClaims>, from: string) =>
      ask('/preferences/a', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ value: { from } }),
        claims,
      })
    await put({}, 'acme-corp')
    await put({ tenantId: 'globex' }, 'globex')
    await put({ dashboard: 'claims-monitor' }, 'another dashboard')

    const seen = await Promise.all([
      ask('/preferences/a'),
      ask('/preferences/a', { claims: { tenantId: 'globex' } }),
      ask('/preferences/a', { claims: { dashboard: 'claims-monitor' } }),
      ask('/preferences', { claims: { sub: 'u2' } }),
    ])
    const values = await Promise.all(seen.map((response) => response.text()))
    expect(values[0]).toContain('{"from":"acme-corp"}')
    expect(values[1]).toContain('{"from":"globex"}')
    expect(values[2]).toContain('{"from":"another dashboard"}')
    expect(values[3]).toBe('{"preferences":[]}')
  })
})
