import { readFile } from 'node:fs/promises'
import { sealData, unsealData } from 'iron-session'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { useKeyDatabase } from '../../test-support/key-database.ts'
import { masterKeysOf, sealSecret } from './master-seal.ts'
import type { RotatedRing } from './rotation.ts'
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
const issuer = 'http://localhost:8080'
const tokenRing = { ring: 'tenant-token' } as const
const secondsUntil = (date: Date | undefined) => ((date?.getTime() ?? 0) - Date.now()) / 1000

describe('rotation', () => {
  it('makes with new keys at once, and reads what the old ones made', async () => {
    const rings = await load()
    const tokens = createTenantTokens(rings, { issuer })
    await test.letTimePass(3600)
    await rings.reload()
    const atRest = rings.sealAtRest('refresh token', 'cookie')
    const cookie = await sealData({ a: 1 }, { password: rings.passwordsToSeal() })
    const { token } = await tokens.sign(claims)
    const [signer, password] = [rings.signingKey().kid, rings.passwordsToSeal()]

    const { rotated } = await rotate(rings)

    expect(await rings.openAtRest(atRest, 'cookie')).toBe('refresh token')
    const passwords = await rings.passwordsToOpen(cookie)
    expect(await unsealData(cookie, { password: passwords })).toEqual({ a: 1 })
    expect(await tokens.verify(token)).toEqual(claims)
    expect(rings.passwordsToSeal()).not.toEqual(password)
    expect(rings.sealAtRest('t', 'c')).toContain(rotated.find(({ ring }) => ring === 'data')?.kid)
    expect(rings.signingKey().kid).toBe(rotated.find(({ ring }) => ring === 'tenant-token')?.kid)
    expect(rings.signingKey().kid).not.toBe(signer)
  })

  it('of one ring leaves the others alone', async () => {
    const rings = await load()
    const before = await rows()
    const { rotated } = await rotate(rings, { ring: 'cookie' })

    expect(rotated.map(({ ring }) => ring)).toEqual(['cookie'])
    const after = await rows()
    expect(after).toHaveLength(before.length + 1)
    expect(after.filter((row) => row['ring'] !== 'cookie')).toEqual(
      before.filter((row) => row['ring'] !== 'cookie'),
    )
  })

  it('tells from when each key is used, and until when the ones before are accepted', async () => {
    const rings = await load({ sessionSeconds: 7200 })
    await test.letTimePass(3600)
    const { rotated } = await rotate(rings)

    const acceptedFor = { cookie: 7200 + 300, 'tenant-token': 900 + 300, data: 7200 + 300 }
    expect(rotated.map(({ ring }) => ring)).toEqual(['cookie', 'tenant-token', 'data'])
    for (const { ring, kid, usedFrom, previous } of rotated) {
      const [row] = await test.owner`select * from key_rings where kid = ${kid}`
      expect(row).toMatchObject({ used_from: usedFrom, retired_at: null, ring })
      expect(secondsUntil(usedFrom)).toBeLessThanOrEqual(0)
      expect(previous).toHaveLength(1)
      expect(Number(previous[0]?.acceptedUntil) - Number(usedFrom)).toBe(acceptedFor[ring] * 1000)
    }
  })

  it('does not happen when its transaction does not', async () => {
    const rings = await load()
    const before = await rows()
    const attempt = test.database.forPurpose('admin', async (tx) => {
      await rings.rotateIn(tx, {})
      throw new Error('no audit line')
    })

    await expect(attempt).rejects.toThrow('no audit line')
    expect(await rows()).toEqual(before)
  })

  it('by several at once leaves one key in use, and one that waits', async () => {
    const replicas = await Promise.all([load(), load(), load()])
    await Promise.all(replicas.map((rings) => rotate(rings)))
    await Promise.all(replicas.map((rings) => rings.reload()))

    const inUse = (await rows()).filter((row) => row['retired_at'] === null)
    expect(
      inUse.map((row) => `${String(row['ring'])} ${row['used_from'] ? 'used' : 'waits'}`).sort(),
    )
      // One of each ring.
      .toEqual(['cookie used', 'data used', 'tenant-token used', 'tenant-token waits'])
    expect(new Set(replicas.map((rings) => rings.signingKey().kid)).size).toBe(1)
  })
})

describe('a key that signs tenant tokens', () => {
  it('is published for two minutes before it does, however often the ring is rotated', async () => {
    const rings = await load()
    await test.letTimePass(3600)
    await rings.reload()
    const published = rings.publicJwks().keys.map(({ kid }) => kid)
    const signedBy: string[] = []
    const outcomes: (RotatedRing | undefined)[] = []
    for (let times = 0; times < 3; times += 1) {
      outcomes.push((await rotate(rings, tokenRing)).rotated[0])
      signedBy.push(rings.signingKey().kid)
    }

    // The one that had waited signs at once; those that came after it wait in their turn.
    expect(new Set(signedBy)).toEqual(new Set([outcomes[0]?.kid]))
    expect(published).toContain(signedBy[0])
    expect(secondsUntil(outcomes[0]?.usedFrom)).toBeLessThanOrEqual(0)
    for (const later of outcomes.slice(1)) {
      expect(secondsUntil(later?.usedFrom)).toBeGreaterThan(60)
      const [row] =
        await test.owner`select created_at from key_rings where kid = ${later?.kid ?? ''}`
      expect(Number(later?.usedFrom) - Number(row?.['created_at'])).toBeGreaterThanOrEqual(119_999)
    }
    await test.letTimePass(180)
    await rings.reload()
    expect(rings.signingKey().kid).toBe(outcomes[2]?.kid)
  })

  it('is accepted for as long as its tokens live, counted from when it really stopped', async () => {
    const rings = await load()
    const first = rings.signingKey().kid
    const { rotated } = await rotate(rings, tokenRing)

    expect(rings.signingKey().kid).toBe(first)
    expect(secondsUntil(rotated[0]?.usedFrom)).toBeGreaterThan(60)
    const [previous] = rotated[0]?.previous ?? []
    expect(previous?.kid).toBe(first)
    expect(Number(previous?.acceptedUntil) - Number(rotated[0]?.usedFrom)).toBe(1_200_000)
  })
})

describe('an order that is repeated', () => {
  it('changes nothing, and is answered as the first time', async () => {
    const rings = await load()
    await test.letTimePass(3600)
    const first = await rotate(rings, { rotationId: 'run-1' })
    const after = await rows()
    const again = await rotate(rings, { rotationId: 'run-1' })

    expect([first.outcome, again.outcome]).toEqual(['rotated', 'repeated'])
    expect(again.rotated).toEqual(first.rotated)
    expect(await rows()).toEqual(after)
  })

  it('is carried out once when it comes to several replicas at the same time', async () => {
    const replicas = await Promise.all([load(), load(), load()])
    const outcomes = await Promise.all(
      replicas.map((rings) => rotate(rings, { ring: 'cookie', rotationId: 'run-1' })),
    )

    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      'repeated',
      'repeated',
      'rotated',
    ])
    expect(new Set(outcomes.map(({ rotated }) => rotated[0]?.kid)).size).toBe(1)
  })

  it('is still answered as the first time after a later rotation', async () => {
    const rings = await load()
    const first = await rotate(rings, { ring: 'data', rotationId: 'run-1' })
    await rotate(rings, { ring: 'data', rotationId: 'run-2' })

    const again = await rotate(rings, { ring: 'data', rotationId: 'run-1' })
    expect(again).toEqual({ ...first, outcome: 'repeated' })
  })

  it('for other rings is another order, and nothing is done', async () => {
    const rings = await load()
    await rotate(rings, { ring: 'cookie', rotationId: 'run-1' })
    const before = await rows()

    for (const ring of ['data', undefined] as const) {
      expect(await rotate(rings, { ring, rotationId: 'run-1' })).toEqual({
        outcome: 'another',
        rotated: [],
      })
    }
    expect(await rows()).toEqual(before)
  })
})

describe('the release before, on the same database', () => {
  it('may rotate: its key signs two minutes later, and another one waits', async () => {
    const rings = await load()
    const signer = rings.signingKey().kid
    const place = { ring: 'tenant-token', kid: 'tenant-token-before' } as const
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const secret = JSON.stringify(await exportJWK(privateKey))
    const { secretSealed } = sealSecret(masterKeysOf(test.masterKey), place, secret)
    // All keys of the ring are retired, and one is added that says nothing of the new columns.
    await test.owner`update key_rings set retired_at = now() where ring = 'tenant-token'`
    await test.owner`insert into key_rings (ring, kid, secret_sealed, public_jwk)
      values (${place.ring}, ${place.kid}, ${secretSealed}, '{}')`
    await rings.reload()

    expect(rings.signingKey().kid).toBe(signer)
    await test.letTimePass(121)
    await rings.reload()
    expect(rings.signingKey().kid).toBe('tenant-token-before')
    const waiting = (await rows()).filter((row) => !row['used_from'] && !row['retired_at'])
    expect(waiting).toHaveLength(1)
  })

  it('leaves keys whose times are those that it went by', async () => {
    await test.owner`insert into key_rings (ring, kid, secret_sealed, public_jwk, created_at)
      values ('cookie', 'c1', 's', null, '2026-01-01'), ('cookie', 'c2', 's', null, '2026-01-02'),
        ('tenant-token', 't1', 's', '{}', '2026-01-01'), ('tenant-token', 't2', 's', '{}', '2026-01-02')`
    await test.owner`drop policy key_rings_remove on key_rings`
    await test.owner`drop policy sessions_looked_up_for_keys on sessions`
    await test.owner`drop policy audit_logs_add_for_keys on audit_logs`
    await test.owner`alter table key_rings drop column used_from, drop column secret_resealed,
      drop column rotation_id`
    const script = new URL('../../../migrations/0005_key_retention.sql', import.meta.url)
    await test.owner.unsafe(await readFile(script, 'utf8'))

    const times = await test.owner`select kid, used_from - created_at as late from key_rings`
    expect(times.map((row) => [row['kid'], row['late']])).toEqual([
      ['c1', '00:00:00'],
      ['c2', '00:00:00'],
      ['t1', '00:00:00'],
      ['t2', '00:02:00'],
    ])
  })
})
