import { randomBytes } from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useKeyDatabase } from '../../test-support/key-database.ts'
import type { KeyRings } from './key-rings.ts'
import { createTenantTokens } from './tenant-token.ts'

const test = useKeyDatabase()
const { load, rotate, rows } = test

const claims = {
  sub: 'u',
  tenantId: 'acme-corp',
  role: 'viewer',
  email: 'e',
  dashboard: 'd',
  sid: 's',
} as const
const tokens = (rings: KeyRings) => createTenantTokens(rings, { issuer: 'http://localhost:8080' })

const sealCookie = (rings: KeyRings, content = { a: 1 }) =>
  sealData(content, { password: rings.passwordsToSeal() })
const openCookie = async (rings: KeyRings, seal: string) =>
  unsealData(seal, { password: await rings.passwordsToOpen(seal) })

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the first start', () => {
  it('makes the keys of each ring once, also when several replicas start at once', async () => {
    const [one, other, third] = await Promise.all([load(), load(), load()])

    expect((await rows()).map((row) => String(row['ring'])).sort()).toEqual([
      'cookie',
      'data',
      'tenant-token',
      'tenant-token',
    ])
    const sealed = one.sealAtRest('text', 'cookie')
    expect(await third.openAtRest(sealed, 'cookie')).toBe('text')
    expect(other.passwordsToSeal()).toEqual(one.passwordsToSeal())
    expect(other.signingKey().kid).toBe(one.signingKey().kid)
  })

  it('leaves no secret in the database', async () => {
    const rings = await load()
    const stored = JSON.stringify(await rows())

    for (const secret of Object.values(rings.passwordsToSeal()))
      expect(stored).not.toContain(secret)
    expect(stored).not.toContain('"d":')
  })

  it('publishes the public halves only, of the key that signs and of the next', async () => {
    const key = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.any(String),
      kid: expect.any(String),
      alg: 'EdDSA',
      use: 'sig',
    }
    expect((await load()).publicJwks().keys).toEqual([key, key])
  })

  it('publishes what was sealed, whatever stands beside it in the row', async () => {
    const { keys } = (await load()).publicJwks()
    await test.owner`update key_rings set public_jwk = jsonb_set(public_jwk, '{x}', '"planted"')
      where ring = 'tenant-token'`

    expect((await load()).publicJwks().keys).toEqual(keys)
  })
})

describe('a start', () => {
  it('with another master key is refused, with a message that names it, and changes nothing', async () => {
    await load()
    // As the release before leaves it, which knows of no waiting keys.
    await test.owner`delete from key_rings where used_from is null`
    const before = await rows()
    const options = { masterKeyVariable: 'MASTER_KEY_FILE' }

    await expect(load(options, randomBytes(32))).rejects.toThrow(
      /MASTER_KEY_FILE does not open the key rings.*another master key.*docs\/operations\.md/,
    )
    expect(await rows()).toEqual(before)
  })

  it('with one damaged row is refused, with a message that names the key', async () => {
    await load()
    const [row] = await test.owner`update key_rings set secret_sealed = 'damaged'
      where ring = 'cookie' returning kid`

    await expect(load()).rejects.toThrow(
      new RegExp(
        `MASTER_KEY opens the key rings.*but not ${String(row?.['kid'])}: changed or damaged`,
      ),
    )
  })

  it('with a row that was moved to another ring is refused', async () => {
    await load()
    await test.owner`update key_rings set secret_sealed =
      (select secret_sealed from key_rings where ring = 'cookie') where ring = 'data'`

    await expect(load()).rejects.toThrow(/but not data-/)
  })

  it('makes a new key in the place of a row that was removed by hand', async () => {
    await load()
    await test.owner`delete from key_rings where ring = 'cookie'`
    const rings = await load()

    expect(await openCookie(rings, await sealCookie(rings))).toEqual({ a: 1 })
  })

  it('lets the waiting key sign where the one in use was removed by hand', async () => {
    const { signingKey, publicJwks } = await load()
    const [used, next] = [signingKey().kid, publicJwks().keys.map(({ kid }) => kid)]
    await test.owner`delete from key_rings where kid = ${used}`

    expect(next).toContain((await load()).signingKey().kid)
  })
})

describe('a replica that nobody has told of a rotation', () => {
  it('opens cookies, refresh tokens and tenant tokens that are made with the new keys', async () => {
    const [one, other] = [await load(), await load()]
    await test.letTimePass(3600)
    await rotate(one)
    const made = [await sealCookie(one), one.sealAtRest('refresh token', 'c')] as const
    const { token } = await tokens(one).sign(claims)

    expect(await openCookie(other, made[0])).toEqual({ a: 1 })
    expect(await other.openAtRest(made[1], 'c')).toBe('refresh token')
    expect(await tokens(other).verify(token)).toEqual(claims)
  })

  it('asks the database for none of its own keys, nor for one that is gone', async () => {
    const rings = await load()
    const [seal, sealed] = [await sealCookie(rings), rings.sealAtRest('t', 'c')]
    test.loseDatabase()

    expect(await openCookie(rings, seal)).toEqual({ a: 1 })
    expect(await rings.openAtRest(sealed, 'c')).toBe('t')
    expect(await rings.passwordsToOpen('Fe26.2*0*rest')).toEqual(rings.passwordsToSeal())
    expect(await rings.passwordsToOpen('nonsense')).toEqual(rings.passwordsToSeal())
  })

  it('says that it cannot tell, instead of no, when the database is gone', async () => {
    const [one, other] = [await load(), await load()]
    await rotate(one)
    const [seal, sealed] = [await sealCookie(one), one.sealAtRest('t', 'c')]
    const { kid } = one.signingKey()
    test.loseDatabase()

    await expect(openCookie(other, seal)).rejects.toMatchObject({ status: 503 })
    await expect(other.openAtRest(sealed, 'c')).rejects.toMatchObject({ status: 503 })
    expect(await other.publicKey(kid)).toBeDefined()
    await expect(other.publicKey('unknown')).rejects.toMatchObject({ status: 503 })
  })

  it('makes nothing new once it could not read its keys for minutes', async () => {
    const rings = await load()
    const makers = [
      () => rings.passwordsToSeal(),
      () => rings.sealAtRest('t', 'c'),
      () => rings.signingKey(),
    ]
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now')
    clock.mockReturnValue(now + 239_000)
    for (const make of makers) expect(make).not.toThrow()
    clock.mockReturnValue(now + 241_000)
    for (const make of makers) expect(make).toThrow(/cannot be checked at the moment/)
  })
})

describe('a row that is damaged while the gateway runs', () => {
  it('is made good from memory, reported once, and reported again when it is mended', async () => {
    const problems: (string | undefined)[] = []
    const rings = await load({ onProblem: (problem) => problems.push(problem?.message) })
    const seal = await sealCookie(rings)
    const [row] = await test.owner`select * from key_rings where ring = 'cookie'`
    await test.owner`update key_rings set secret_sealed = 'damaged' where ring = 'cookie'`
    await rings.reload()
    await rings.reload()

    expect(await openCookie(rings, seal)).toEqual({ a: 1 })
    expect(rings.problem()).toMatchObject({ isBehind: false })
    expect(problems).toEqual([expect.stringContaining(String(row?.['kid']))])

    await test.owner`update key_rings set secret_sealed = ${String(row?.['secret_sealed'])}
      where ring = 'cookie'`
    await rings.reload()
    expect([rings.problem(), problems.length, problems[1]]).toEqual([undefined, 2, undefined])
  })

  it('does not keep a ring from being rotated, which is the remedy', async () => {
    const rings = await load()
    const seal = await sealCookie(rings)
    await test.owner`update key_rings set secret_sealed = 'damaged' where ring = 'cookie'`
    await rings.reload()
    await rotate(rings, { ring: 'cookie' })

    expect(await openCookie(rings, await sealCookie(rings))).toEqual({ a: 1 })
    expect(await openCookie(rings, seal)).toEqual({ a: 1 })
  })

  it('is not put into use when it waits for its turn', async () => {
    const rings = await load()
    await test.owner`update key_rings set secret_sealed = 'damaged' where used_from is null`
    const [damaged] = await test.owner`select kid from key_rings where used_from is null`
    await rings.reload()
    const { rotated } = await rotate(rings, { ring: 'tenant-token' })

    expect(rotated[0]?.kid).not.toBe(damaged?.['kid'])
    await test.letTimePass(180)
    await rings.reload()
    expect(rings.signingKey().kid).toBe(rotated[0]?.kid)
  })

  it('and was never read here, leaves the replica behind: it can tell nobody to sign in again', async () => {
    const [one, other] = [await load(), await load()]
    await rotate(one)
    const [seal, sealed] = [await sealCookie(one), one.sealAtRest('t', 'c')]
    await test.owner`update key_rings set secret_sealed = 'damaged' where retired_at is null`
    await other.reload()

    expect(other.problem()).toMatchObject({ isBehind: true })
    await expect(openCookie(other, seal)).rejects.toMatchObject({ code: 'keys_unavailable' })
    await expect(other.openAtRest(sealed, 'c')).rejects.toMatchObject({ status: 503 })
    // Its own keys are retired, and nothing is made with those.
    expect(() => other.passwordsToSeal()).toThrow(/cannot be checked/)
    expect(one.problem()).toBeUndefined()
  })
})

describe('a row that was damaged before this replica has read it', () => {
  it.each(['cookie', 'data'])('of the ring %s: what its key made is not refused', async (ring) => {
    const [one, other] = [await load(), await load()]
    await rotate(one)
    const [seal, sealed] = [await sealCookie(one), one.sealAtRest('t', 'c')]
    await test.owner`update key_rings set secret_sealed = 'damaged'
      where ring = ${ring} and retired_at is null`
    await other.reload()

    const answers = await Promise.allSettled([
      openCookie(other, seal),
      other.openAtRest(sealed, 'c'),
    ])
    expect(answers).toEqual([
      ring === 'cookie' ? rejection : { status: 'fulfilled', value: { a: 1 } },
      ring === 'data' ? rejection : { status: 'fulfilled', value: 't' },
    ])
  })
  const rejection = { status: 'rejected', reason: expect.objectContaining({ status: 503 }) }
})

describe('a reading', () => {
  it('that comes to its end late does not bring back what has changed since', async () => {
    const rings = await load()
    const { held, release } = test.holdNextReading()
    const late = rings.reload()
    await held
    await rotate(rings, { ring: 'cookie' })
    const newest = rings.passwordsToSeal()
    release()
    await late

    expect(rings.passwordsToSeal()).toEqual(newest)
  })

  it('that fails leaves the keys that were there', async () => {
    const rings = await load()
    const { kid } = rings.signingKey()
    test.loseDatabase()

    await expect(rings.reload()).rejects.toMatchObject({ status: 503 })
    expect(rings.signingKey().kid).toBe(kid)
  })

  it('takes a cookie of a removed key for none', async () => {
    const rings = await load()
    const seal = await sealCookie(rings)
    await rotate(rings, { ring: 'cookie' })
    await test.owner`delete from key_rings where ring = 'cookie' and retired_at is not null`
    await rings.reload()

    expect(await openCookie(rings, seal)).toEqual({})
  })
})
