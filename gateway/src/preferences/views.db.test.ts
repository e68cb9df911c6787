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
import { createPreferenceStore } from './preference-store.ts'
import { createPreferenceRoutes } from './preferences-routes.ts'
import type { ViewSummary } from './view.ts'
import { createViewStore, type ViewStore } from './view-store.ts'
import { createViewRoutes } from './views-routes.ts'

let test: TestDatabase
let database: Database
let store: ViewStore
let people: Record<'ann' | 'bob' | 'eve', ReturnType<typeof personOf>>

const unlimited = { take: () => true }

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl, poolSize: 4 })
  store = createViewStore(database, createAuditStore(database), unlimited)
  people = {
    ann: personOf('acme-corp', 'ann'),
    bob: personOf('acme-corp', 'bob'),
    eve: personOf('globex', 'ann'),
  }
})
beforeEach(async () => {
  await test.owner`delete from preferences`
})
afterAll(async () => {
  await database?.close()
  await test?.drop()
})

/** What somebody can do; `eve` has the issuer and subject of `ann` in another tenant. */
function personOf(tenantId: string, sub: string) {
  const writer: PreferenceWriter = {
    tenantId,
    issuer: 'https://op',
    sub,
    dashboard: 'loss-development',
    email: `${sub}@${tenantId}.test`,
    requestId: 'request-1',
  }
  const audit = createAuditStore(database)
  const app = new Hono<GatewayEnv>()
  app.onError(errorResponse({ report: () => {} }))
  app.route(
    '/views',
    createViewRoutes(store, () => writer),
  )
  app.route(
    '/preferences',
    createPreferenceRoutes<GatewayEnv>(
      createPreferenceStore(database, audit, unlimited),
      () => writer,
    ),
  )
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const incoming = { headers: {} }
    const answer = await app.request(path, init, { incoming })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Answer) }
  }
  return {
    writer,
    ask,
    list: async () => (await ask('GET', '/views')).body.views ?? [],
    async save(name: string, content: object = {}) {
      const value = { $view: { path: '', components: content } }
      expect((await ask('PUT', `/preferences/${name}`, { value })).status).toBe(200)
      const listed = (await ask('GET', '/views')).body.views ?? []
      return listed.find((one) => one.name === name && one.isMine)?.id ?? ''
    },
  }
}

interface Answer {
  views?: ViewSummary[]
  value?: unknown
  error?: string
}

describe('a view', () => {
  it('is a preference that says so; what an app keeps for itself is none', async () => {
    const { ann } = people
    await ann.ask('PUT', '/preferences/main', { value: { line: 'auto' } })
    const id = await ann.save('Year end', {
      line: { type: 'x', label: 'Line', props: { value: 1 } },
    })
    expect((await ann.list()).map(({ name }) => name)).toEqual(['Year end'])
    const { body } = await ann.ask('GET', `/views/${id}`)
    expect(body.value).toEqual({
      $view: { path: '', components: { line: { type: 'x', label: 'Line', props: { value: 1 } } } },
    })
  })

  it('is its owner’s alone until it is shared, and again afterwards (V13)', async () => {
    const { ann, bob } = people
    const id = await ann.save('Year end')
    expect(await bob.list()).toEqual([])
    expect((await bob.ask('GET', `/views/${id}`)).status).toBe(404)

    await ann.ask('PATCH', `/views/${id}`, { isShared: true })
    const [seen] = await bob.list()
    expect(seen).toMatchObject({
      id,
      isMine: false,
      isDefault: false,
      sharedBy: 'ann@acme-corp.test',
    })
    expect((await bob.ask('GET', `/views/${id}`)).status).toBe(200)

    await ann.ask('PATCH', `/views/${id}`, { isShared: false })
    expect(await bob.list()).toEqual([])
    expect((await bob.ask('GET', `/views/${id}`)).status).toBe(404)
  })

  it('reaches nobody of another tenant, shared or not, under whatever name (V13)', async () => {
    const { ann, eve } = people
    const id = await ann.save('Year end')
    await ann.ask('PATCH', `/views/${id}`, { isShared: true })
    expect(await eve.list()).toEqual([])
    expect((await eve.ask('GET', `/views/${id}`)).status).toBe(404)
    expect((await eve.ask('PATCH', `/views/${id}`, { name: 'Mine' })).status).toBe(404)
    expect((await eve.ask('DELETE', `/views/${id}`)).status).toBe(404)
    expect(await store.listOwn(eve.writer)).toEqual([])
    expect((await ann.list()).map(({ name }) => name)).toEqual(['Year end'])
  })

  it('is hidden from another tenant by the database itself, whatever is asked of it (V13)', async () => {
    const id = await people.ann.save('Year end')
    await people.ann.ask('PATCH', `/views/${id}`, { isShared: true })
    const rows = await database.inTenant('globex', (tx) =>
      tx.execute(`select id from preferences where shared_by is not null`),
    )
    expect([...rows]).toEqual([])
  })

  it('is changed and deleted by its owner only, though others see it', async () => {
    const { ann, bob } = people
    const id = await ann.save('Year end')
    await ann.ask('PATCH', `/views/${id}`, { isShared: true })
    for (const change of [{ name: 'Mine' }, { isDefault: true }, { isShared: false }]) {
      expect((await bob.ask('PATCH', `/views/${id}`, change)).status).toBe(404)
    }
    expect((await bob.ask('DELETE', `/views/${id}`)).status).toBe(404)
    expect((await ann.ask('DELETE', `/views/${id}`)).status).toBe(204)
    expect(await ann.list()).toEqual([])
  })

  it('is the one default, and no longer when another becomes it', async () => {
    const { ann } = people
    const [one, two] = [await ann.save('One'), await ann.save('Two')]
    for (const id of [one, two]) await ann.ask('PATCH', `/views/${id}`, { isDefault: true })
    const defaults = (await ann.list()).filter(({ isDefault }) => isDefault)
    expect(defaults.map(({ id }) => id)).toEqual([two])
  })

  it('keeps its link when it gets another name, which must be free', async () => {
    const { ann } = people
    const id = await ann.save('One')
    await ann.save('Two')
    const taken = await ann.ask('PATCH', `/views/${id}`, { name: 'Two' })
    expect([taken.status, taken.body.error]).toEqual([409, 'name_taken'])
    expect((await ann.ask('PATCH', `/views/${id}`, { name: 'Year end' })).status).toBe(204)
    expect((await ann.list()).find((one) => one.id === id)?.name).toBe('Year end')
  })

  it.each([
    'x',
    '%27',
    'AAAAAAAA-1F0E-4C8E-9D0A-6F1F2F3A4B5C',
    '00000000-0000-0000-0000-000000000000',
  ])('that is none is not found: %s', async (id) => {
    expect((await people.ann.ask('GET', `/views/${id}`)).status).toBe(404)
    expect((await people.ann.ask('DELETE', `/views/${id}`)).status).toBe(404)
  })

  it.each([{ owner: 'bob' }, { name: '' }, { name: 7 }, { isShared: 'yes' }, []])(
    'is not changed by %j',
    async (change) => {
      const id = await people.ann.save('One')
      expect((await people.ann.ask('PATCH', `/views/${id}`, change)).status).toBe(400)
    },
  )
})
