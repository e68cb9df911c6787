import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { createAuditStore } from '../audit/audit-store.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createUsageStore } from './usage-store.ts'

let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
  const audit = createAuditStore(database)
  const line = (action: string, id: string, tenantId: string, dashboard: string) =>
    audit.record({
      action,
      actor: { type: 'user', id, email: `${id}@x.test` },
      tenantId,
      dashboard,
      requestId: 'r',
    })
  await line('dashboard.opened', 'ann', 'acme', 'claims')
  await line('dashboard.opened', 'ann', 'acme', 'claims')
  await line('dashboard.opened', 'bob', 'acme', 'claims')
  await line('dashboard.opened', 'cyd', 'globex', 'claims')
  await line('preferences.saved', 'dan', 'acme', 'claims')
})
afterAll(async () => {
  await database?.close()
  await test?.drop()
})

it('counts openings by day, and by tenant and dashboard', async () => {
  const { days, dashboards, openings } = await createUsageStore(database).read('all', 7)
  expect([...days.values()].reduce((sum, count) => sum + count, 0)).toBe(4)
  expect(dashboards).toMatchObject([
    { tenantId: 'acme', dashboard: 'claims', openings: 3, people: 2 },
    { tenantId: 'globex', dashboard: 'claims', openings: 1, people: 1 },
  ])
  expect(openings.map(({ person }) => person)).toEqual([
    'cyd@x.test',
    'bob@x.test',
    'ann@x.test',
    'ann@x.test',
  ])
})

it('of the tenants alone that somebody may act for', async () => {
  const usage = createUsageStore(database)
  expect((await usage.read(['globex'], 7)).dashboards).toMatchObject([{ tenantId: 'globex' }])
  expect(await usage.list(['globex'], 7)).toHaveLength(1)
  expect(await usage.list([], 7)).toEqual([])
})
