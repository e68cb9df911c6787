import { sealData, unsealData } from 'iron-session'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { useKeyDatabase } from '../../test-support/key-database.ts'
import { ringNames, type RingName } from './key-row.ts'

const test = useKeyDatabase()
const { load, rotate, rows, removeSpent } = test

const kids = async (condition: (row: Record<string, unknown>) => boolean) =>
  (await rows()).filter(condition).map((row) => String(row['kid']))
const retired = () => kids((row) => row['retired_at'] !== null)

/** A row of a session that began when the keys of now were in use, and is alive for so long. */
const addSession = (seconds: number) => test.owner`
  insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id, idle_expires_at,
    absolute_expires_at)
  values ('session-hash-0001', 'https://op', 'u', 'u@acme.test', 'viewer', '{acme-corp}',
    'acme-corp', now(), now() + ${`${seconds} seconds`}::interval)`

describe('a retired key', () => {
  it.each<[RingName, number]>([
    ['cookie', 7200 + 300],
    ['data', 7200 + 300],
    ['tenant-token', 900 + 300],
  ])('of the ring %s is removed after %i seconds, and not before', async (ring, seconds) => {
    const rings = await load()
    await test.letTimePass(3600)
    await rotate(rings, { ring })
    const [old] = await retired()

    await test.letTimePass(seconds - 30)
    expect(await removeSpent(7200)).toEqual([])
    await test.letTimePass(60)
    expect(await removeSpent(7200)).toEqual([{ ring, kid: old }])
    expect(await retired()).toEqual([])
  })

  it('is kept for a sign-in that has begun, however short sessions are', async () => {
    await rotate(await load(), { ring: 'cookie' })
    await test.letTimePass(600 + 200)
    expect(await removeSpent(60)).toEqual([])
  })

  it('is kept while a session of its time is alive, though sessions are shorter by now', async () => {
    const rings = await load()
    await addSession(48 * 3600)
    await rotate(rings)
    await test.letTimePass(24 * 3600)
    expect((await removeSpent(3600)).map(({ ring }) => ring)).toEqual(['tenant-token'])
    await test.letTimePass(24 * 3600)
    expect((await removeSpent(3600)).map(({ ring }) => ring)).toEqual(['cookie', 'data'])
  })

  it('is not kept for a session that was revoked, or that began long after', async () => {
    const rings = await load()
    await addSession(48 * 3600)
    await test.owner`update sessions set revoked_at = now()`
    await rotate(rings, { ring: 'data' })
    await test.letTimePass(12 * 3600)
    await test.owner`delete from sessions`
    await addSession(48 * 3600)
    expect(await removeSpent(3600)).toHaveLength(1)
  })
})

describe('the removal', () => {
  it('is written down once for each key, whoever of several replicas does it', async () => {
    const rings = await load()
    await test.letTimePass(3600)
    await rotate(rings)
    const old = await retired()
    await test.letTimePass(48 * 3600)
    await Promise.all([removeSpent(), removeSpent(), removeSpent()])

    const lines = await test.owner`select * from audit_logs order by id`
    expect(lines.map((line) => line['detail'] as { kid: string }).map(({ kid }) => kid)).toEqual(
      old,
    )
    for (const line of lines) {
      expect(line).toMatchObject({
        action: 'secret.removed',
        actor_type: 'gateway',
        actor: 'gateway',
        detail: { ring: expect.stringMatching(/./), retiredAt: expect.stringMatching(/Z$/) },
      })
    }
    const [{ broken } = {}] = await test.owner`select audit_chain_broken_at() as broken`
    expect(broken).toBeNull()
  })

  it('does not happen when it cannot be written down', async () => {
    await rotate(await load())
    await test.letTimePass(48 * 3600)
    await test.owner`alter table audit_logs add constraint full_disk check (false) not valid`
    await expect(removeSpent()).rejects.toMatchObject({ code: '23514' })
    expect(await retired()).toHaveLength(3)
  })

  it('leaves the keys in use and the one that waits alone, however old they are', async () => {
    await load()
    const before = await rows()
    await test.letTimePass(10 * 365 * 24 * 3600)
    expect(await removeSpent()).toEqual([])
    expect(await rows()).toHaveLength(before.length)
  })

  it('goes through many keys a bounded number at a time', async () => {
    const rings = await load()
    await test.owner`insert into key_rings (ring, kid, secret_sealed, used_from, retired_at)
      select 'cookie', 'old-' || n, 'never opened', now(), now() from generate_series(1, 150) as n`
    await test.letTimePass(48 * 3600)
    expect([(await removeSpent()).length, (await removeSpent()).length]).toEqual([100, 50])
    await rings.reload()
    expect(rings.problem()).toBeUndefined()
  })

  it('is heard of by the other replicas, to which what the key made is nothing then', async () => {
    const rings = await load()
    const seal = await sealData({ a: 1 }, { password: rings.passwordsToSeal() })
    const sealed = rings.sealAtRest('t', 'c')
    await rotate(rings)
    await test.letTimePass(48 * 3600)
    await removeSpent()
    await rings.reload()

    expect(await unsealData(seal, { password: await rings.passwordsToOpen(seal) })).toEqual({})
    expect(await rings.openAtRest(sealed, 'c')).toBeUndefined()
  })
})

describe("the gateway's role", () => {
  it('removes no key in use, none that was retired a moment ago, and none for another purpose', async () => {
    const rings = await load()
    await rotate(rings)
    const before = await rows()
    for (const purpose of ['keys', 'admin', 'session', 'directory', 'audit'] as const) {
      const gone = await test.database.forPurpose(purpose, (tx) =>
        tx.execute(sql`delete from key_rings returning kid`),
      )
      expect([purpose, gone.length]).toEqual([purpose, 0])
    }
    await test.letTimePass(48 * 3600)
    const gone = await test.database.forPurpose('keys', (tx) =>
      tx.execute(sql`delete from key_rings returning ring`),
    )
    expect(gone.map((row) => row['ring'])).toEqual(ringNames)
    expect(before).toHaveLength(7)
  })

  it('writes for the keys nothing into the audit log but that one was removed', async () => {
    for (const [action, actorType] of [
      ['secret.rotated', 'gateway'],
      ['secret.removed', 'client'],
    ]) {
      const line = test.database.forPurpose('keys', (tx) =>
        tx.execute(sql`insert into audit_logs (action, actor_type, actor, request_id)
          values (${action}, ${actorType}, 'g', 'r')`),
      )
      await expect(line).rejects.toMatchObject({ code: '42501' })
    }
  })
})
