import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { listenForChanges, type ChangeListener, type MetadataChange } from '../db/notifications.ts'
import { createTenantDirectory, type TenantDirectory } from './directory.ts'

let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl })
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

describe('what notifications say was changed', () => {
  let listener: ChangeListener | undefined
  let renewed: TenantDirectory
  let told: MetadataChange[]
  /** Far above the numbers of real changes: where the test has got to, and what of that was heard. */
  const marks = 1_000_000_000_000
  let mark = marks
  let heard = 0

  beforeEach(async () => {
    renewed = createTenantDirectory(database)
    told = []
    const address = { url: test.gatewayUrl }
    listener = await listenForChanges(
      { listenAt: address, changeAt: address },
      {
        metadata: (_, change) => {
          if (typeof change === 'number' && change > marks) return void (heard = change)
          told.push(change)
          renewed.note(change)
        },
        session() {},
        keys() {},
        resync: () => renewed.note('everything'),
      },
    )
    await renewed.reload()
  })

  afterEach(async () => {
    await listener?.close()
    await test.owner`truncate assignments, tenants, dashboards cascade`
    await seedTwoTenants(test.owner)
  })

  /** A notification arrives after those of all that was committed before. */
  async function heardAll(): Promise<void> {
    mark += 1
    const text = JSON.stringify({ kind: 'metadata', at: Date.now() / 1000, change: mark })
    await test.owner`select pg_notify('dashgate', ${text})`
    await expect.poll(() => heard, { timeout: 20_000 }).toBe(mark)
  }

  const ids = ['acme-corp', 'globex', 'hooli', 'umbrella'] as const
  const slugs = ['loss-development', 'claims-monitor'] as const

  function everythingOf(one: TenantDirectory) {
    const views = ids.map((id) => ({
      tenant: one.tenant(id),
      dashboards: one.dashboardsOf(id),
      configs: slugs.map((slug) => one.configFor(id, slug)),
    }))
    const all = { names: one.tenants(), count: one.tenantCount() }
    return { ...all, views, dashboards: slugs.map((slug) => one.dashboard(slug)) }
  }

  const id = fc.constantFrom(...ids)
  const slug = fc.constantFrom(...slugs)
  const word = fc.constantFrom('One', 'Zwei', 'Été "3"\n\t\\', '四')
  const change = fc.oneof(
    fc.record({ do: fc.constant('name' as const), id, word }),
    fc.record({ do: fc.constant('suspend' as const), id }),
    fc.record({ do: fc.constant('assign' as const), id, slug, word, position: fc.nat(3) }),
    fc.record({ do: fc.constant('hide' as const), slug }),
    fc.record({ do: fc.constant('unassign' as const), id, slug }),
    fc.record({ do: fc.constant('remove' as const), id }),
    fc.record({ do: fc.constant('title' as const), slug, word }),
    fc.record({ do: fc.constant('look' as const) }),
    fc.record({ do: fc.constant('renew' as const) }),
  )

  type Change = typeof change extends fc.Arbitrary<infer One> ? One : never

  async function apply(one: Change): Promise<void> {
    const { owner } = test
    switch (one.do) {
      case 'name':
        await owner`
          insert into tenants (id, display_name, storage_prefix, config)
          values (${one.id}, ${one.word}, ${one.id}, ${owner.json({ word: one.word })})
          on conflict (id) do update
            set display_name = excluded.display_name, config = excluded.config`
        break
      case 'suspend':
        await owner`update tenants set status = 'suspended' where id = ${one.id}`
        break
      case 'assign':
        await owner`
          insert into assignments (tenant_id, dashboard_slug, position, config)
          select id, ${one.slug}, ${one.position}, ${owner.json({ shell: { title: one.word } })}
          from tenants where id = ${one.id}
          on conflict (tenant_id, dashboard_slug) do update
            set position = excluded.position, config = excluded.config`
        break
      case 'hide':
        await owner`update assignments set enabled = not enabled where dashboard_slug = ${one.slug}`
        break
      case 'unassign':
        await owner`
          delete from assignments where tenant_id = ${one.id} and dashboard_slug = ${one.slug}`
        break
      case 'remove':
        await owner.begin(async (tx) => {
          await tx`delete from assignments where tenant_id = ${one.id}`
          await tx`delete from tenants where id = ${one.id}`
        })
        break
      case 'title':
        await owner`update dashboards set title = ${one.word} where slug = ${one.slug}`
        break
      case 'look':
        everythingOf(renewed)
        break
      case 'renew':
        await renewed.renew()
    }
  }

  it('is enough to know what a fresh reading of everything knows, after any changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
        for (const one of changes) await apply(one)
        await heardAll()
        await renewed.renew()
        const fresh = createTenantDirectory(database)
        await fresh.reload()

        expect(everythingOf(renewed)).toEqual(everythingOf(fresh))
        expect(told).not.toContain('everything')
        told.length = 0
      }),
      { numRuns: 15 },
    )
  })

  it('leaves what is known of all others as it was', async () => {
    const seen = () => ({
      tenant: renewed.tenant('acme-corp'),
      dashboards: renewed.dashboardsOf('acme-corp'),
      config: renewed.configFor('acme-corp', 'loss-development'),
    })
    const before = seen()
    await apply({ do: 'suspend', id: 'globex' })
    await apply({ do: 'unassign', id: 'globex', slug: 'claims-monitor' })
    await heardAll()
    await renewed.renew()

    expect(renewed.tenant('globex')?.status).toBe('suspended')
    expect(renewed.dashboardsOf('globex')).toHaveLength(1)
    const after = seen()
    expect(after.tenant).toBe(before.tenant)
    expect(after.dashboards).toBe(before.dashboards)
    expect(after.config).toBe(before.config)
    await renewed.reload()
    expect(renewed.tenant('acme-corp')).toBe(before.tenant)
  })

  it('is everything where a statement changes more tenants than could be named, or truncates', async () => {
    await test.owner`
      insert into tenants (id, display_name, storage_prefix)
      select 'many-' || i, 'Many ' || i, 'many-' || i from generate_series(1, 501) i`
    await expect.poll(() => told).toContain('everything')
    await renewed.renew()
    expect(renewed.tenantCount()).toBe(503)
    told.length = 0

    await test.owner`truncate assignments`
    await expect.poll(() => told).toEqual(['everything'])
    await renewed.renew()
    expect(renewed.dashboardsOf('acme-corp')).toEqual([])
  })

  it('is everything where it is not written down any more, or somebody made it up', async () => {
    await test.owner`update tenants set status = 'suspended' where id = 'globex'`
    await expect.poll(() => told).toHaveLength(1)
    await test.owner`delete from metadata_changes`
    await renewed.renew()
    expect(renewed.tenant('globex')?.status).toBe('suspended')
    renewed.note(4_000_000)
    await renewed.renew()
    expect(renewed.tenantCount()).toBe(2)
  })

  it('is nothing for whoever may listen, and no role but the gateway’s can look it up', async () => {
    const heard: string[] = []
    const listening = await test.owner.listen('dashgate', (payload) => heard.push(payload))
    await test.owner`update tenants set status = 'suspended' where id = 'globex'`
    await expect.poll(() => heard.join()).toContain('"change"')
    await listening.unlisten()

    expect(heard.join()).not.toContain('globex')
    const [rights] = await test.owner`
      select has_table_privilege('dashgate_gateway', 'metadata_changes', 'select, insert, delete') as table,
        has_function_privilege('dashgate_gateway', 'changed_tenants(bigint[])', 'execute') as gateway,
        has_function_privilege('pg_monitor', 'changed_tenants(bigint[])', 'execute') as others,
        has_function_privilege('pg_monitor', 'notify_tenants()', 'execute') as writers`
    expect(rights).toEqual({ table: false, gateway: true, others: false, writers: false })
  })

  it('that cannot be read leaves the last state, and is read the next time', async () => {
    let broken = false
    const real = connectDatabase({ url: test.gatewayUrl })
    const flaky: Database = {
      ...real,
      forPurpose: (...call) =>
        broken ? Promise.reject(new Error('no database')) : real.forPurpose(...call),
    }
    const own = createTenantDirectory(flaky)
    await own.reload()
    told.length = 0
    await test.owner`update tenants set status = 'suspended' where id = 'globex'`
    await expect.poll(() => told).toHaveLength(1)
    for (const one of told) own.note(one)
    broken = true
    await expect(own.renew()).rejects.toThrow('no database')
    await expect(own.reload()).rejects.toThrow('no database')
    expect(own.tenant('globex')?.status).toBe('active')
    expect(own.dashboardsOf('globex')).toHaveLength(2)
    broken = false
    await own.renew()
    expect(own.tenant('globex')?.status).toBe('suspended')
    await real.close()
  })
})

it('a full reading goes page by page, whatever their ends, and keeps what did not change', async () => {
  const directory = createTenantDirectory(database)
  await test.owner`
    insert into tenants (id, display_name, storage_prefix)
    select 'page-' || i, 'Page ' || i, 'page-' || i from generate_series(1, 2100) i`
  await test.owner`
    insert into assignments (tenant_id, dashboard_slug)
    select id, 'claims-monitor' from tenants where id like 'page-%'`
  await directory.reload()
  const first = directory.tenant('page-1')

  expect(directory.tenantCount()).toBe(2102)
  const one = await test.owner`select id from tenants`
  for (const { id } of one) expect(directory.dashboardsOf(String(id))).not.toEqual([])
  await directory.reload()
  expect(directory.tenant('page-1')).toBe(first)
  await test.owner`delete from assignments where tenant_id like 'page-%'`
  await test.owner`delete from tenants where id like 'page-%'`
  await directory.reload()
  expect(directory.tenantCount()).toBe(2)
  expect(directory.tenant('page-1')).toBeUndefined()
})
