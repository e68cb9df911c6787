import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createMarkStore, type MarkOwner } from './mark-store.ts'

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

const ann: MarkOwner = { tenantId: 'acme-corp', issuer: 'https://op', sub: 'ann' }
const others: MarkOwner[] = [
  { ...ann, tenantId: 'globex' },
  { ...ann, sub: 'bob' },
  { ...ann, issuer: 'https://other' },
]

it('are kept for one person and tenant, and seen by no other', async () => {
  const marks = createMarkStore(database)
  await marks.setFavourite(ann, 'claims-monitor', true)
  await marks.noteOpened(ann, 'loss-development')
  await marks.noteOpened(ann, 'claims-monitor')
  const own = await marks.list(ann)
  expect(own.get('claims-monitor')).toEqual({ isFavourite: true, openedAt: expect.any(Date) })
  expect(own.get('loss-development')).toMatchObject({ isFavourite: false })
  for (const other of others) expect((await marks.list(other)).size).toBe(0)
})

it('a favourite that is taken back stays opened', async () => {
  const marks = createMarkStore(database)
  await marks.noteOpened(ann, 'claims-monitor')
  await marks.setFavourite(ann, 'claims-monitor', true)
  await marks.setFavourite(ann, 'claims-monitor', false)
  const mark = (await marks.list(ann)).get('claims-monitor')
  expect([mark?.isFavourite, mark?.openedAt]).toEqual([false, expect.any(Date)])
})
