import { randomBytes } from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { loadKeyRings } from './key-rings.ts'
import { createTenantTokens } from './tenant-token.ts'

let test: TestDatabase
let database: Database
const masterKey = randomBytes(32)
const claims = {
  sub: 'u',
  tenantId: 'acme-corp',
  role: 'viewer',
  email: 'e',
  dashboard: 'd',
  sid: 's',
} as const
const issuer = 'http://localhost:8080'

beforeEach(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
})

afterEach(async () => {
  await database?.close()
  await test?.drop()
})

const load = () => loadKeyRings(database, masterKey)
const rows = () => test.owner`select * from key_rings order by id`

describe('the first start', () => {
  it('makes one key of each ring, also when several replicas start at once', async () => {
    const replicas = await Promise.all([load(), load(), load()])

    expect((await rows()).map((row) => String(row['ring'])).sort()).toEqual([
      'cookie',
      'data',
      'tenant-token',
    ])
    const sealed = replicas[0].sealAtRest('text', 'cookie')
    expect(replicas[2].openAtRest(sealed, 'cookie')).toBe('text')
    expect(replicas[1].cookiePasswords()).toEqual(replicas[0].cookiePasswords())
    expect(replicas[1].csrfKey()).toBe(replicas[0].csrfKey())
  })

  it('gives iron-session a password that it takes', async () => {
    const rings = await load()
    const seal = await sealData({ a: 1 }, { password: rings.cookiePasswords() })
    expect(await unsealData(seal, { password: rings.cookiePasswords() })).toEqual({ a: 1 })
  })

  it('leaves no secret in the database', async () => {
    const rings = await load()
    const stored = JSON.stringify(await rows())

    for (const secret of Object.values(rings.cookiePasswords()))
      expect(stored).not.toContain(secret)
    expect(stored).not.toContain('"d":')
  })

  it('publishes the public halves only', async () => {
    const { keys } = (await load()).publicJwks()
    expect(keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        alg: 'EdDSA',
        use: 'sig',
      },
    ])
  })
})

describe('another master key', () => {
  it('is refused with a message that names it', async () => {
    await load()
    await expect(loadKeyRings(database, randomBytes(32))).rejects.toThrow(
      /MASTER_KEY does not open/,
    )
  })

  it('or a row that was moved to another ring, is refused too', async () => {
    await load()
    await test.owner`update key_rings set secret_sealed =
      (select secret_sealed from key_rings where ring = 'cookie') where ring = 'data'`
    await expect(load()).rejects.toThrow(/MASTER_KEY does not open/)
  })
})

describe('rotation', () => {
  it('makes with new keys, and reads what the old ones made', async () => {
    const rings = await load()
    const tokens = createTenantTokens(rings, { issuer })
    const atRest = rings.sealAtRest('refresh token', 'cookie')
    const cookie = await sealData({ a: 1 }, { password: rings.cookiePasswords() })
    const { token } = await tokens.sign(claims)
    const [firstSigner, csrfKey] = [rings.signingKey().kid, rings.csrfKey()]

    await rings.rotate()

    expect(rings.openAtRest(atRest, 'cookie')).toBe('refresh token')
    expect(await unsealData(cookie, { password: rings.cookiePasswords() })).toEqual({ a: 1 })
    expect(await tokens.verify(token)).toEqual(claims)
    expect(rings.csrfKey()).toBe(csrfKey)
    // Published already, but not signing before every app can have fetched it.
    expect(rings.signingKey().kid).toBe(firstSigner)
    expect(rings.publicJwks().keys).toHaveLength(2)
    const fresh = await sealData({ a: 2 }, { password: rings.cookiePasswords() })
    const newest = Math.max(...Object.keys(rings.cookiePasswords()).map(Number))
    const newestOnly = { [newest]: rings.cookiePasswords()[newest] ?? '' }
    expect(await unsealData(fresh, { password: newestOnly })).toEqual({ a: 2 })
  })

  it('of one ring leaves the others alone', async () => {
    const rings = await load()
    const signer = rings.signingKey().kid
    await rings.rotate('cookie')

    expect(Object.keys(rings.cookiePasswords())).toHaveLength(2)
    expect(rings.signingKey().kid).toBe(signer)
  })

  it('is taken over by other replicas, which check its tokens even before they are told', async () => {
    const [one, other] = [await load(), await load()]
    await one.rotate('tenant-token')
    const { token } = await createTenantTokens(one, { issuer }).sign(claims)

    expect(await createTenantTokens(other, { issuer }).verify(token)).toEqual(claims)
    expect(other.signingKey().kid).toBe(one.signingKey().kid)
  })

  it('leaves an old key out once nothing that it made can still be alive', async () => {
    const rings = await load()
    const atRest = rings.sealAtRest('refresh token', 'cookie')
    await rings.rotate()
    await test.owner`update key_rings set retired_at = now() - interval '31 days'
      where retired_at is not null`
    await rings.reload()

    expect(rings.openAtRest(atRest, 'cookie')).toBeUndefined()
    expect(rings.publicJwks().keys).toHaveLength(1)
    expect(Object.keys(rings.cookiePasswords())).toHaveLength(1)
  })

  it('does not happen when its transaction does not', async () => {
    const rings = await load()
    const attempt = database.forPurpose('admin', async (tx) => {
      await rings.rotateIn(tx)
      throw new Error('no audit line')
    })

    await expect(attempt).rejects.toThrow('no audit line')
    expect(await rows()).toHaveLength(3)
  })
})

describe('a reload that fails', () => {
  it('leaves the keys that were there', async () => {
    const rings = await load()
    const { kid } = rings.signingKey()
    await test.owner`update key_rings set secret_sealed = 'damaged'`

    await expect(rings.reload()).rejects.toThrow(/MASTER_KEY/)
    expect(rings.signingKey().kid).toBe(kid)
  })
})
