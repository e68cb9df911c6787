import fc from 'fast-check'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { errorResponse } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { PreferenceOwner } from './preference.ts'
import { createPreferenceStore, type PreferenceStore } from './preference-store.ts'
import { createPreferenceRoutes } from './preferences-routes.ts'

let test: TestDatabase
let database: Database
let store: PreferenceStore

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl, poolSize: 4 })
  store = createPreferenceStore(database)
})

beforeEach(async () => {
  await test.owner`delete from preferences`
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const acme: PreferenceOwner = {
  tenantId: 'acme-corp',
  issuer: 'https://op',
  sub: 'u1',
  dashboard: 'loss-development',
}

function appOf(owner: PreferenceOwner = acme) {
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
  }: { owner?: PreferenceOwner; headers?: Record<string, string> } = {},
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
      version: 1,
      updatedAt: expect.any(String),
    }
    expect(await saved.json()).toEqual(row)
    expect(await one.json()).toEqual(row)
    expect(await list.json()).toEqual({ preferences: [row] })
    expect(one.headers.get('etag')).toBe('"1"')
    expect(one.headers.get('cache-control')).toBe('private, no-store')
  })

  it('is gone after it was deleted', async () => {
    await put('a', { value: {} })

    expect((await remove('a')).status).toBe(204)
    expect((await get('/a')).status).toBe(404)
    expect(await (await remove('a')).json()).toMatchObject({ error: 'preference_not_found' })
  })

  it('is the only default', async () => {
    await put('a', { value: {}, isDefault: true })
    await put('b', { value: {}, isDefault: true })
    const { preferences } = (await (await get()).json()) as { preferences: unknown[] }

    expect(preferences).toMatchObject([
      { name: 'a', isDefault: false, version: 2 },
      { name: 'b', isDefault: true, version: 1 },
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

describe('If-Match', () => {
  it('saves over the version that was read', async () => {
    const first = await put('a', { value: { n: 1 } })
    const headers = { 'If-Match': first.headers.get('etag') ?? '' }
    const second = await put('a', { value: { n: 2 } }, { headers })

    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"'])
  })

  it.each(['"1"', 'W/"2"', '2', '"x"', '""', ''])(
    '%s refuses to save over version 2',
    async (tag) => {
      await put('a', { value: { n: 1 } })
      await put('a', { value: { n: 2 } })
      const stale = await put('a', { value: { n: 3 } }, { headers: { 'If-Match': tag } })

      expect(stale.status).toBe(412)
      expect(await stale.json()).toMatchObject({ error: 'preference_changed' })
      expect((await store.find(acme, 'a'))?.value).toEqual({ n: 2 })
    },
  )

  it('of anything refuses what is not there yet', async () => {
    expect((await put('a', { value: {} }, { headers: { 'If-Match': '*' } })).status).toBe(412)
    expect((await put('a', { value: {} }, { headers: { 'If-Match': '"1"' } })).status).toBe(412)
  })

  it('lets one of two writers win', async () => {
    await put('a', { value: { n: 0 } })
    const headers = { 'If-Match': '"1"' }
    const both = await Promise.all([1, 2].map((n) => put('a', { value: { n } }, { headers })))

    expect(new Set(both.map((response) => response.status))).toEqual(new Set([200, 412]))
  })

  it('guards deletion as well', async () => {
    await put('a', { value: {} })
    const headers = { 'If-Match': '"7"' }
    expect((await remove('a', headers)).status).toBe(412)
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
