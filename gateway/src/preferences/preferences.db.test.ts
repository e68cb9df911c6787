import fc from 'fast-check'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { createAuditStore } from '../audit/audit-store.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { errorResponse } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { PreferenceWriter } from './preference.ts'
import { createPreferenceStore, type PreferenceStore } from './preference-store.ts'
import { createWriteLimit, type WriteLimit } from './write-limit.ts'
import { createPreferenceRoutes } from './preferences-routes.ts'

let test: TestDatabase
let database: Database
let store: PreferenceStore

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl, poolSize: 4 })
  store = createPreferenceStore(database, createAuditStore(database), limit)
})

/** No test but that of the limit gets there. */
const unlimited = { take: () => true }
const limit: WriteLimit = { take: (owner) => current.take(owner) }
let current: WriteLimit = unlimited

beforeEach(async () => {
  current = unlimited
  await test.owner`delete from preferences`
  await test.owner`truncate audit_logs`
  await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const acme: PreferenceWriter = {
  tenantId: 'acme-corp',
  issuer: 'https://op',
  sub: 'u1',
  dashboard: 'loss-development',
  email: 'viewer@acme.test',
  requestId: 'request-1',
}

function appOf(owner: PreferenceWriter = acme) {
  const app = new Hono<GatewayEnv>()
  app.onError(errorResponse({ report: () => {} }))
  app.route(
    '/preferences',
    createPreferenceRoutes<GatewayEnv>(store, () => owner),
  )
  return app
}

const put = async (
  name: string,
  body: unknown,
  {
    owner = acme,
    headers = {},
  }: { owner?: PreferenceWriter; headers?: Record<string, string> } = {},
) =>
  appOf(owner).request(`/preferences/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const remove = async (name: string, headers: Record<string, string> = {}) =>
  appOf().request(`/preferences/${name}`, { method: 'DELETE', headers })
const get = async (path = '', owner = acme) => appOf(owner).request(`/preferences${path}`)

describe('a preference', () => {
  it('comes back as it was saved', async () => {
    const value = { lines: ['auto', 'home'], year: 1997, open: true, note: null, 'ä"\\': 'ü' }
    const saved = await put('My filters / Q1', { value, isDefault: true })
    const one = await get(`/${encodeURIComponent('My filters / Q1')}`)
    const list = await get()

    expect(saved.status).toBe(200)
    const row = {
      name: 'My filters / Q1',
      value,
      isDefault: true,
      version: expect.any(Number),
      updatedAt: expect.any(String),
    }
    const answered = (await saved.json()) as { version: number }
    expect(answered).toEqual(row)
    expect(await one.json()).toEqual(row)
    expect(await list.json()).toEqual({ preferences: [row] })
    expect(one.headers.get('etag')).toBe(`"${answered.version}"`)
    expect(one.headers.get('cache-control')).toBe('private, no-store')
  })

  it('is gone after it was deleted', async () => {
    await put('a', { value: {} })

    expect((await remove('a')).status).toBe(204)
    expect((await get('/a')).status).toBe(404)
    expect(await (await remove('a')).json()).toMatchObject({ error: 'preference_not_found' })
  })

  it('is the only default', async () => {
    const version = versionOf(await put('a', { value: {}, isDefault: true }))
    await put('b', { value: {}, isDefault: true })
    const { preferences } = (await (await get()).json()) as { preferences: unknown[] }

    expect(preferences).toMatchObject([
      { name: 'a', isDefault: false, version: version + 1 },
      { name: 'b', isDefault: true },
    ])
  })

  it('stays the only default when two are saved at once', async () => {
    await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => put(name, { value: {}, isDefault: true })),
    )
    const rows = await test.owner`select name from preferences where is_default`
    expect(rows).toHaveLength(1)
    expect(await store.list(acme)).toHaveLength(6)
  })
})

/** The number in an entity tag. */
const versionOf = (response: Response): number =>
  Number(/^"(\d+)"$/.exec(response.headers.get('etag') ?? '')?.[1])
const ifMatch = (response: Response) => ({ 'If-Match': response.headers.get('etag') ?? '' })

describe('If-Match', () => {
  it('saves over the version that was read', async () => {
    const first = await put('a', { value: { n: 1 } })
    const second = await put('a', { value: { n: 2 } }, { headers: ifMatch(first) })

    expect([second.status, versionOf(second)]).toEqual([200, versionOf(first) + 1])
  })

  it.each<[string, (version: number) => string]>([
    ['the version before', (version) => `"${version - 1}"`],
    ['a weak tag', (version) => `W/"${version}"`],
    ['a number without quotes', String],
    ['another word', () => '"x"'],
    ['an empty tag', () => '""'],
    ['nothing', () => ''],
  ])('that says %s refuses to save', async (_what, tagOf) => {
    await put('a', { value: { n: 1 } })
    const second = await put('a', { value: { n: 2 } })
    const headers = { 'If-Match': tagOf(versionOf(second)) }
    const stale = await put('a', { value: { n: 3 } }, { headers })

    expect(stale.status).toBe(412)
    expect(await stale.json()).toMatchObject({ error: 'preference_changed' })
    expect((await store.find(acme, 'a'))?.value).toEqual({ n: 2 })
  })

  it('of anything refuses what is not there yet', async () => {
    expect((await put('a', { value: {} }, { headers: { 'If-Match': '*' } })).status).toBe(412)
    expect((await put('a', { value: {} }, { headers: { 'If-Match': '"1"' } })).status).toBe(412)
  })

  it('lets one of two writers win', async () => {
    const headers = ifMatch(await put('a', { value: { n: 0 } }))
    const both = await Promise.all([1, 2].map((n) => put('a', { value: { n } }, { headers })))

    expect(new Set(both.map((response) => response.status))).toEqual(new Set([200, 412]))
  })

  it('guards deletion as well', async () => {
    const first = await put('a', { value: {} })
    const second = await put('a', { value: { n: 1 } })
    expect((await remove('a', ifMatch(first))).status).toBe(412)
    expect((await remove('a', ifMatch(second))).status).toBe(204)
  })

  it('never takes what was saved anew for what was removed', async () => {
    const stale = ifMatch(await put('a', { value: { n: 0 } }))
    for (let n = 1; n <= 20; n += 1) {
      await remove('a')
      await put('a', { value: { n } })
      expect((await put('a', { value: {} }, { headers: stale })).status).toBe(412)
      expect((await remove('a', stale)).status).toBe(412)
    }
  })
})

describe('If-None-Match: *', () => {
  const headers = { 'If-None-Match': '*' }

  it('saves only under a name that is free, also when two come at once', async () => {
    const both = await Promise.all([1, 2].map((n) => put('a', { value: { n } }, { headers })))
    expect(new Set(both.map((response) => response.status))).toEqual(new Set([200, 412]))
    expect((await put('a', { value: { n: 3 } }, { headers })).status).toBe(412)
  })
})

describe('what is left out or not new', () => {
  it('stays the default when a change does not speak of it', async () => {
    await put('a', { value: { n: 1 }, isDefault: true })
    expect(await (await put('a', { value: { n: 2 } })).json()).toMatchObject({ isDefault: true })
    expect(await (await put('b', { value: {} })).json()).toMatchObject({ isDefault: false })
    const off = await put('a', { value: { n: 2 }, isDefault: false })
    expect(await off.json()).toMatchObject({ isDefault: false })
  })

  it('changes nothing, not even the version', async () => {
    const first = await put('a', { value: { n: 1, list: ['x'] }, isDefault: true })
    const again = await put('a', { value: { list: ['x'], n: 1 }, isDefault: true })
    expect(await again.json()).toEqual(await first.json())
    expect(await recorded()).toHaveLength(1)
  })
})

const recorded = () => test.owner`
  select action, actor_type, actor, actor_email, tenant_id, dashboard_slug, request_id, detail
  from audit_logs order by id`

describe('the audit log', () => {
  const line = {
    actor_type: 'user',
    actor: 'u1',
    actor_email: 'viewer@acme.test',
    tenant_id: 'acme-corp',
    dashboard_slug: 'loss-development',
    request_id: 'request-1',
  }

  it('says who saved and removed which names, and never what they hold', async () => {
    await put('Year end', { value: { line: 'secret' }, isDefault: true })
    await remove('Year%20end')
    expect(await recorded()).toEqual([
      { ...line, action: 'preferences.saved', detail: { name: 'Year end', isDefault: true } },
      { ...line, action: 'preferences.removed', detail: { name: 'Year end' } },
    ])
  })

  it('holds nothing of what was refused, or was not there', async () => {
    await put('a', { value: {} }, { headers: { 'If-Match': '"1"' } })
    await put('a', '{"value":{"a":"\\u0000"}}')
    await remove('a')
    expect(await recorded()).toEqual([])
  })

  it('is written with the change, or neither is', async () => {
    const broken = createPreferenceStore(
      database,
      { recordIn: () => Promise.reject(new Error('no record')) },
      unlimited,
    )
    await expect(broken.put(acme, { name: 'a', value: {} }, 'any')).rejects.toThrow('no record')
    expect(await store.find(acme, 'a')).toBeUndefined()
    await put('b', { value: {} })
    await expect(broken.remove(acme, 'b', 'any')).rejects.toThrow('no record')
    expect(await store.find(acme, 'b')).toBeDefined()
  })

  it('is not to be flooded by one person', async () => {
    current = createWriteLimit(() => 0)
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, n) => put('a', { value: { n } })),
    )
    const refused = answers.filter((response) => response.status === 429)
    expect(refused).toHaveLength(30)
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    expect(await refused[0]?.json()).toMatchObject({ error: 'too_many_changes' })
    expect((await remove('a')).status).toBe(429)
    expect((await recorded()).length).toBeLessThanOrEqual(120)
    expect((await get('/a')).status).toBe(200)
  })
})

describe('limits', () => {
  it('are fifty names for each user and dashboard, also when they come at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 53 }, (_, n) =>
        store.put(acme, { name: `n${n}`, value: {}, isDefault: false }, 'any'),
      ),
    )
    expect(outcomes.filter((outcome) => outcome.kind === 'saved')).toHaveLength(50)
    const full = await put('one too many', { value: {} })
    expect(full.status).toBe(409)
    expect(await full.json()).toMatchObject({ error: 'too_many_preferences' })
    const [kept] = await store.list(acme)
    expect((await put(kept?.name ?? '', { value: { changed: true } })).status).toBe(200)
    expect((await put('a', { value: {} }, { owner: { ...acme, sub: 'u2' } })).status).toBe(200)
  })

  it('are 32 KiB for a value, whether or not its length was told', async () => {
    const body = JSON.stringify({ value: { text: 'x'.repeat(33 * 1024) } })
    expect((await put('a', body)).status).toBe(413)
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(4096, ' ')),
    })
    const chunked = await appOf().request('/preferences/a', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: endless,
      duplex: 'half',
    })
    expect([chunked.status, await chunked.json()]).toMatchObject([
      413,
      { error: 'preference_too_large' },
    ])
  })

  it.each([
    ['not json', 400, 'malformed_json'],
    ['', 400, 'malformed_json'],
    ['{"value":{"a":"\\u0000"}}', 400, 'invalid_preference'],
    ['{"value":{"\\u0000":1}}', 400, 'invalid_preference'],
    ['{"value":{"a":"\\ud800"}}', 400, 'invalid_preference'],
    ['{"value":1}', 400, 'invalid_preference'],
  ])('refuse the body %s', async (body, status, error) => {
    const response = await put('a', body)
    expect([response.status, await response.json()]).toMatchObject([status, { error }])
  })

  it('refuse a body that does not call itself JSON', async () => {
    const response = await put('a', { value: {} }, { headers: { 'Content-Type': 'text/plain' } })
    expect([response.status, await response.json()]).toMatchObject([415, { error: 'not_json' }])
  })

  it('refuse a name that cannot be shown', async () => {
    for (const method of ['GET', 'DELETE']) {
      const response = await appOf().request('/preferences/a%0ab', { method })
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: 'invalid_name' },
      ])
    }
  })
})

describe('isolation', () => {
  const owner = fc.record({
    tenantId: fc.constantFrom('acme-corp', 'globex'),
    issuer: fc.constantFrom('https://op', 'https://other-op'),
    sub: fc.constantFrom('u1', 'u2'),
    dashboard: fc.constantFrom('loss-development', 'claims-monitor'),
    email: fc.constant('viewer@acme.test'),
    requestId: fc.constant('request-1'),
  })
  const step = fc.record({
    owner,
    name: fc.constantFrom('a', 'b', "' or true --"),
    isDefault: fc.boolean(),
    remove: fc.boolean(),
    n: fc.nat(),
  })

  it('shows each owner what it wrote itself, whatever all the others do', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(step, { maxLength: 12 }), owner, async (steps, reader) => {
          const expected = new Map<string, Map<string, { n: number }>>()
          for (const { owner: writer, name, isDefault, remove, n } of steps) {
            const own = expected.get(JSON.stringify(writer)) ?? new Map<string, { n: number }>()
            expected.set(JSON.stringify(writer), own)
            if (remove) {
              await store.remove(writer, name, 'any')
              own.delete(name)
            } else {
              await store.put(writer, { name, value: { n }, isDefault }, 'any')
              own.set(name, { n })
            }
          }
          for (const who of [reader, ...steps.map((one) => one.owner)]) {
            const seen = new Map((await store.list(who)).map(({ name, value }) => [name, value]))
            expect(seen).toEqual(expected.get(JSON.stringify(who)) ?? new Map())
          }
        })
        .afterEach(async () => {
          await test.owner`delete from preferences`
        }),
      { numRuns: 25 },
    )
  })
})
