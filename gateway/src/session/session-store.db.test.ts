import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createSessionStore } from './session-store.ts'

let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const hashOf = (name: string) => name.padEnd(20, '-')

describe('removal of ended sessions', () => {
  it('takes those that ended by their age a day ago, so many at a time, and no other', async () => {
    const ages = { old: '25 h', older: '30 d', recent: '23 h', running: '-1 h' }
    for (const [name, age] of Object.entries(ages)) {
      await test.owner`
        insert into sessions (id_hash, issuer, sub, email, role, tenants, idle_expires_at,
          absolute_expires_at, revoked_at)
        values (${hashOf(name)}, 'https://op', 'u', 'u@acme.test', 'viewer', '{acme-corp}',
          now() - ${age}::interval, now() - ${age}::interval,
          ${name === 'recent' ? test.owner`now()` : null})`
    }
    const left = async () =>
      (await test.owner`select id_hash from sessions order by 1`).map((row) => row['id_hash'])
    const store = createSessionStore(database)

    await store.removeEnded(1)
    expect(await left()).toHaveLength(3)
    await Promise.all([store.removeEnded(), store.removeEnded()])
    expect(await left()).toEqual([hashOf('recent'), hashOf('running')])
  })
})
