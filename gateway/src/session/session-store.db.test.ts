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

describe('L1: the use of a logout token', () => {
  const use = (name: string, age = 0) => ({
    idHash: name.padEnd(43, '-'),
    forgetAfter: Date.now() - age,
  })
  const session = (name: string, sub: string, sid: string) => test.owner`
    insert into sessions (id_hash, issuer, sub, email, role, tenants, op_sid, idle_expires_at,
      absolute_expires_at)
    values (${hashOf(name)}, 'https://op', ${sub}, 'u@acme.test', 'viewer', '{acme-corp}', ${sid},
      now() + interval '1 h', now() + interval '1 h')`

  it('ends sessions once, at whichever replica it comes first', async () => {
    const whose = { issuer: 'https://op', sid: 'sid-1' }
    await session('one', 'u1', 'sid-1')
    const replicas = Array.from({ length: 6 }, () => createSessionStore(database))
    const ended = await Promise.all(
      replicas.map((store) => store.revokeByProvider(whose, use('token'))),
    )
    expect(ended.filter((hashes) => hashes !== undefined)).toEqual([[hashOf('one')]])

    await session('later', 'u1', 'sid-1')
    const store = createSessionStore(database)
    expect(await store.revokeByProvider(whose, use('token'))).toBeUndefined()
    expect(await store.findAlive(hashOf('later'))).toBeDefined()
    expect(await store.secondsSinceRevoked(hashOf('later'))).toBeUndefined()
    expect(await store.secondsSinceRevoked(hashOf('one'))).toBeGreaterThanOrEqual(0)
  })

  it('L2: ends all sessions of a subject, and no one else’s', async () => {
    await session('first', 'u2', 'a')
    await session('second', 'u2', 'b')
    await session('third', 'u3', 'a')
    const store = createSessionStore(database)
    const ended = await store.revokeByProvider({ issuer: 'https://op', sub: 'u2' }, use('of-u2'))
    expect(ended?.toSorted()).toEqual([hashOf('first'), hashOf('second')])
    const others = await store.revokeByProvider({ issuer: 'https://else', sub: 'u3' }, use('other'))
    expect(others).toEqual([])
  })

  it('is forgotten when its age alone has it refused', async () => {
    const store = createSessionStore(database)
    const nobody = { issuer: 'https://op', sub: 'nobody' }
    await store.revokeByProvider(nobody, use('recent'))
    await store.revokeByProvider(nobody, use('old', 7_200_000))
    await store.removeEnded()
    expect(await store.revokeByProvider(nobody, use('recent'))).toBeUndefined()
    expect(await store.revokeByProvider(nobody, use('old'))).toEqual([])
  })
})
