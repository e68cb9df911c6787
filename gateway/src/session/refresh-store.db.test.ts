import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createRefreshStore, type RefreshChange, type RefreshState } from './refresh-store.ts'
import { createSessionStore, type NewSession } from './session-store.ts'

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

const idHash = 'session'.padEnd(20, '-')
const access = { receivedAt: 1_800_000_000_000, expiresAt: 1_800_000_060_000 }
const next = { receivedAt: 1_800_000_050_000, expiresAt: 1_800_000_110_000 }
const session = (): NewSession => ({
  idHash,
  principal: {
    issuer: 'https://op',
    sub: 'u',
    email: 'u@acme.test',
    role: 'viewer',
    tenants: ['acme-corp'],
  },
  tenantId: 'acme-corp',
  idleExpiresAt: Date.now() + 3_600_000,
  absoluteExpiresAt: Date.now() + 3_600_000,
  access,
  opSid: undefined,
  refreshTokenSealed: 'first',
  signedInAt: Date.now(),
  lastUsedAt: Date.now(),
  userAgent: undefined,
})

beforeEach(async () => {
  await test.owner`delete from sessions`
  await createSessionStore(database).create(session())
})

const stepOf = (change: RefreshChange | undefined) => () => Promise.resolve(change)

async function stateOf(hash = idHash): Promise<RefreshState | undefined> {
  let state: RefreshState | undefined
  await createRefreshStore(database).locked(hash, (row) => {
    state = row
    return Promise.resolve(undefined)
  })
  return state
}

describe('the row of a session that is refreshed', () => {
  it('tells since when its access token is there, that a refresh began, and what it gave', async () => {
    const store = createRefreshStore(database)
    expect(await stateOf()).toEqual({
      refreshTokenSealed: 'first',
      access,
      begunSecondsAgo: undefined,
    })
    await store.locked(idHash, stepOf('begun'))
    await test.owner`update sessions set refresh_begun_at = refresh_begun_at - interval '1 h'`
    expect((await stateOf())?.begunSecondsAgo).toBeGreaterThanOrEqual(3600)
    await store.locked(idHash, stepOf({ refreshTokenSealed: 'second', access: next }))
    expect(await stateOf()).toEqual({
      refreshTokenSealed: 'second',
      access: next,
      begunSecondsAgo: undefined,
    })
  })

  it('X8: is one replica’s at a time, and each finds what the one before has written', async () => {
    const found: (string | null)[] = []
    await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        createRefreshStore(database).locked(idHash, async (row) => {
          found.push(row.refreshTokenSealed)
          await new Promise((resolve) => setImmediate(resolve))
          return { refreshTokenSealed: `${row.refreshTokenSealed}+${index}`, access }
        }),
      ),
    )
    const lengths = found.map((sealed) => sealed?.split('+').length)
    expect(lengths).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('is written late only if nobody has written other tokens meanwhile', async () => {
    const store = createRefreshStore(database)
    const late = { refreshTokenSealed: 'late', access: next }
    await store.keep(idHash, 'another', late)
    expect((await stateOf())?.refreshTokenSealed).toBe('first')
    await store.keep(idHash, 'first', late)
    expect(await stateOf()).toMatchObject({ refreshTokenSealed: 'late', access: next })
  })

  it('B4: ends with what the provider refused, once for all replicas', async () => {
    const store = createRefreshStore(database)
    await store.locked(idHash, stepOf({ revokedReason: 'refresh_refused' }))
    expect(await stateOf()).toBeUndefined()
    const [row] = await test.owner`select revoked_reason from sessions`
    expect(row).toEqual({ revoked_reason: 'refresh_refused' })
    await store.keep(idHash, 'first', { refreshTokenSealed: 'late', access: next })
    expect(await test.owner`select refresh_token_sealed from sessions`).toEqual([
      { refresh_token_sealed: 'first' },
    ])
  })

  it('takes its access token and a refresh that was begun along to another tenant', async () => {
    await createRefreshStore(database).locked(idHash, stepOf('begun'))
    const other = 'other'.padEnd(20, '-')
    await createSessionStore(database).replace(idHash, { ...session(), idHash: other }, (sealed) =>
      Promise.resolve(`${sealed} again`),
    )
    expect(await stateOf(other)).toMatchObject({
      refreshTokenSealed: 'first again',
      access,
      begunSecondsAgo: expect.any(Number) as number,
    })
  })
})
