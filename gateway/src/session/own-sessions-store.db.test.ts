import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createOwnSessionsStore, type OwnSessionsStore } from './own-sessions-store.ts'
import { createSessionStore } from './session-store.ts'

let test: TestDatabase
let database: Database
let store: OwnSessionsStore

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
  store = createOwnSessionsStore(database)
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

beforeEach(() => test.owner`delete from sessions`)

interface Row {
  readonly issuer: string
  readonly sub: string
  readonly state: 'alive' | 'idle' | 'old' | 'revoked'
}

const hashOf = (index: number) => `${index}`.padStart(43, '-')

async function sow(rows: readonly Row[]): Promise<void> {
  const now = Date.now()
  const values = rows.map(({ issuer, sub, state }, index) => ({
    id_hash: hashOf(index),
    issuer,
    sub,
    email: 'same@acme.test',
    role: 'viewer',
    tenants: ['acme-corp'],
    idle_expires_at: new Date(now + (state === 'idle' ? -1 : 1) * 3_600_000),
    absolute_expires_at: new Date(now + (state === 'old' ? -1 : 1) * 7_200_000),
    revoked_at: state === 'revoked' ? new Date(now) : null,
  }))
  await test.owner`delete from sessions`
  if (values.length > 0) await test.owner`insert into sessions ${test.owner(values)}`
}

/** Names that a careless comparison takes for one another: joined, folded, cut or as patterns. */
const name = fc.constantFrom('a', 'A', 'a b', 'b', 'ab', 'a%', '_', 'https://op', 'https://op/')
const person = fc.record({ issuer: name, sub: name })
const rows = fc.array(
  fc.record({
    issuer: name,
    sub: name,
    state: fc.constantFrom<Row['state']>('alive', 'alive', 'idle', 'old', 'revoked'),
  }),
  { maxLength: 30 },
)

/** Hashes of what is alive of a person, by the rows that were sown. */
const ownOf = (all: readonly Row[], { issuer, sub }: { issuer: string; sub: string }) =>
  all.flatMap((row, index) =>
    row.issuer === issuer && row.sub === sub && row.state === 'alive' ? [hashOf(index)] : [],
  )

const alive = async () =>
  (
    await test.owner`
      select id_hash from sessions where revoked_at is null and idle_expires_at > now()
        and absolute_expires_at > now() order by 1`
  ).map((row) => String(row['id_hash']))

const withoutRecord = () => Promise.resolve()

describe('a person’s own sessions', () => {
  it('are those of their issuer and subject that live, and no other, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(rows, person, async (all, who) => {
        await sow(all)
        const listed = await store.list(who, hashOf(0))
        expect(listed.map(({ idHash }) => idHash).toSorted()).toEqual(ownOf(all, who))
      }),
      { numRuns: 60 },
    )
  })

  it('are all that a person ends, whichever hash is named', async () => {
    const which = fc.oneof(
      fc.record({ idHash: fc.nat({ max: 29 }).map(hashOf) }),
      fc.record({ allBut: fc.nat({ max: 29 }).map(hashOf) }),
    )
    await fc.assert(
      fc.asyncProperty(rows, person, which, async (all, who, named) => {
        await sow(all)
        const before = await alive()
        const own = ownOf(all, who)
        const wanted = own.filter((one) =>
          'idHash' in named ? one === named.idHash : one !== named.allBut,
        )
        expect((await store.end(who, named, withoutRecord)).toSorted()).toEqual(wanted)
        expect(await alive()).toEqual(before.filter((one) => !wanted.includes(one)))
      }),
      { numRuns: 60 },
    )
  })

  it('stay as they are when their end cannot be recorded', async () => {
    const who = { issuer: 'https://op', sub: 'u' }
    await sow([{ ...who, state: 'alive' }])
    const fails = store.end(who, { idHash: hashOf(0) }, () => Promise.reject(new Error('full')))
    await expect(fails).rejects.toThrow('full')
    expect(await alive()).toEqual([hashOf(0)])
  })

  it('come with the one that looks first, then as they were used last', async () => {
    const who = { issuer: 'https://op', sub: 'u' }
    await sow([who, who, who].map((one) => ({ ...one, state: 'alive' as const })))
    const used = createSessionStore(database)
    const later = Date.now() + 1_000_000
    await used.extend(hashOf(2), later, Date.now() + 60_000)
    const listed = await store.list(who, hashOf(1))
    expect(listed.map(({ idHash }) => idHash)).toEqual([hashOf(1), hashOf(2), hashOf(0)])
  })

  it('keep their sign-in and browser when staff choose another tenant', async () => {
    const principal = { issuer: 'i', sub: 'u', email: 'e', role: 'admin', tenants: 'all' } as const
    const sessions = createSessionStore(database)
    const hour = 3_600_000
    const row = {
      principal,
      tenantId: undefined,
      idleExpiresAt: Date.now() + hour,
      absoluteExpiresAt: Date.now() + hour,
      lastUsedAt: Date.now(),
    }
    const signedInAt = Date.now() - 2 * hour
    await sessions.create({
      ...row,
      idHash: hashOf(1),
      access: undefined,
      opSid: undefined,
      refreshTokenSealed: undefined,
      signedInAt,
      userAgent: 'x'.repeat(600),
    })
    const reseal = () => Promise.resolve(undefined)
    expect(await sessions.replace(hashOf(1), { ...row, idHash: hashOf(2) }, reseal)).toBe(true)
    expect(await store.list(principal, '')).toMatchObject([
      { idHash: hashOf(2), signedInAt, userAgent: 'x'.repeat(512) },
    ])
  })

  it('have a sign-in also where the release before has made the row', async () => {
    const who = { issuer: 'https://op', sub: 'u' }
    await sow([{ ...who, state: 'alive' }])
    const rows = await test.owner<{ created_at: Date }[]>`select created_at from sessions`
    const signedInAt = rows[0]?.created_at.getTime()
    expect(await store.list(who, '')).toMatchObject([
      { signedInAt, lastUsedAt: signedInAt, userAgent: undefined },
    ])
  })
})
