import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { startRelay, type Relay } from '../../test-support/relay.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { listenForChanges, type ChangeListener, type ListenAddresses } from './notifications.ts'

let test: TestDatabase
let relay: Relay
let url: string
let listener: ChangeListener | undefined

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  relay = await startRelay({ port: Number(new URL(test.gatewayUrl).port) })
  const relayed = new URL(test.gatewayUrl)
  relayed.port = String(relay.port)
  url = relayed.href
})

afterEach(async () => {
  await listener?.close()
  listener = undefined
})

afterAll(async () => {
  await relay?.close()
  await test?.drop()
})

async function listenAndNote(
  addresses: ListenAddresses = { listenAt: { url }, changeAt: { url } },
): Promise<string[]> {
  const heard: string[] = []
  listener = await listenForChanges(addresses, {
    metadata: () => heard.push('metadata'),
    session: (idHash) => heard.push(`session ${idHash}`),
    keys: () => heard.push('keys'),
    resync: () => heard.push('resync'),
    deaf: (cause) => heard.push(cause === undefined ? 'deaf' : 'cannot listen'),
    hearing: () => heard.push('hearing'),
  })
  return heard
}

const session = (idHash: string) => test.owner`
  insert into sessions (id_hash, issuer, sub, email, role, tenants, idle_expires_at, absolute_expires_at)
  values (${idHash}, 'https://op', 'u', 'u@acme.test', 'viewer', '{acme-corp}',
    now() + interval '1 h', now() + interval '1 h')`

describe('what is heard', () => {
  it('are changes of metadata, of keys, and sessions that were revoked or removed', async () => {
    const heard = await listenAndNote()
    await seedTwoTenants(test.owner)
    await expect.poll(() => heard).toEqual(['metadata', 'metadata', 'metadata'])
    heard.length = 0

    await session('aaaaaaaaaaaaaaaa')
    await session('bbbbbbbbbbbbbbbb')
    await test.owner`update sessions set idle_expires_at = now() where id_hash like 'a%'`
    await test.owner`update sessions set revoked_at = now() where id_hash like 'a%'`
    await test.owner`update sessions set revoked_at = now() where id_hash like 'a%'`
    await test.owner`delete from sessions`
    await test.owner`insert into key_rings (ring, kid, secret_sealed) values ('data', 'k', 's')`

    await expect
      .poll(() => heard)
      .toEqual(['session aaaaaaaaaaaaaaaa', 'session bbbbbbbbbbbbbbbb', 'keys'])
  })

  it('is also since when, by the database’s clock', async () => {
    const moments: (number | undefined)[] = []
    const note = (at: number | undefined) => moments.push(at)
    listener = await listenForChanges(
      { listenAt: { url }, changeAt: { url } },
      {
        metadata: note,
        session: (_, at) => note(at),
        keys() {},
        resync() {},
      },
    )
    const before = performance.now()
    await session('cccccccccccccccc')
    await test.owner`update sessions set revoked_at = now() - interval '90 s' where id_hash like 'c%'`
    await test.owner`update tenants set display_name = 'Another'`
    await expect.poll(() => moments.length).toBe(2)
    const [revoked = NaN, changed = NaN] = moments
    // Taken before the beat's answer, a moment can only seem earlier than it was.
    const slack = 5_000
    expect(revoked).toBeLessThan(before - 90_000 + (performance.now() - before) + 1)
    expect(revoked).toBeGreaterThan(before - 90_000 - slack)
    expect(changed).toBeLessThanOrEqual(performance.now())
    expect(changed).toBeGreaterThan(before - slack)
  })

  it('is nothing of a transaction that was rolled back', async () => {
    const heard = await listenAndNote()
    await test.owner
      .begin(async (tx) => {
        await tx`update tenants set display_name = 'Other'`
        throw new Error('changed my mind')
      })
      .catch(() => {})
    await test.owner`update key_rings set retired_at = now()`

    await expect.poll(() => heard).toEqual(['keys'])
  })

  it('survives payloads that nobody should send', async () => {
    const heard = await listenAndNote()
    for (const payload of [
      '',
      'x',
      'null',
      '[]',
      '{"kind":"session"}',
      '{"kind":"session","idHash":7}',
    ]) {
      await test.owner.notify('dashgate', payload)
    }
    await test.owner`update key_rings set retired_at = now()`

    await expect.poll(() => heard).toEqual(['keys'])
  })
})

describe('a lost connection', () => {
  it('is known soon, and made good by reading everything again', async () => {
    const heard = await listenAndNote()
    expect(listener?.isCurrent()).toBe(true)
    await relay.down()
    await expect.poll(() => listener?.isCurrent(), { timeout: 5000 }).toBe(false)

    await test.owner`update tenants set display_name = 'Unheard' where id = 'globex'`
    await relay.up()

    await expect.poll(() => listener?.isCurrent(), { timeout: 10_000 }).toBe(true)
    expect(heard).toContain('resync')
    await test.owner`update tenants set display_name = 'Heard' where id = 'globex'`
    await expect.poll(() => heard.at(-1)).toBe('metadata')
  })

  it('is known too when the other side only falls silent', async () => {
    const heard = await listenAndNote()
    relay.freeze()
    await expect.poll(() => listener?.isCurrent(), { timeout: 5000 }).toBe(false)

    // New connections pass from now on, while the old ones stay silent for ever.
    relay.forget()

    await expect.poll(() => heard, { timeout: 15_000 }).toContain('resync')
    await expect.poll(() => listener?.isCurrent(), { timeout: 10_000 }).toBe(true)
  })

  it('at the start is 503', async () => {
    await relay.down()
    await expect(listenAndNote()).rejects.toMatchObject({
      status: 503,
      code: 'database_unavailable',
    })
    await relay.up()
  })
})

describe('a connection that hears nothing although it works', () => {
  it('is found at once where it leads to another database, which is read again and again instead', async () => {
    const elsewhere = await makeTestDatabase(inject('postgresUrl'))
    try {
      const heard = await listenAndNote({
        listenAt: { url: elsewhere.gatewayUrl },
        changeAt: { url },
      })

      expect(heard).toEqual(['deaf'])
      expect(listener?.isCurrent()).toBe(false)
      await expect
        .poll(() => heard.filter((what) => what === 'resync').length, { timeout: 10_000 })
        .toBeGreaterThan(2)
      expect(
        heard.filter((what) => what === 'deaf'),
        'told once',
      ).toHaveLength(1)
    } finally {
      await listener?.close()
      await elsewhere.drop()
    }
  })

  it('leaves what is read current also when only LISTEN fails, and says when it works again', async () => {
    const heard = await listenAndNote({
      listenAt: { url },
      changeAt: { url: test.gatewayUrl },
    })
    await relay.down()

    await expect
      .poll(() => heard.filter((what) => what === 'resync').length, { timeout: 10_000 })
      .toBeGreaterThan(2)
    expect(heard[0]).toBe('cannot listen')
    expect(listener?.isCurrent()).toBe(false)
    await relay.up()

    await expect.poll(() => heard, { timeout: 10_000 }).toContain('hearing')
    await expect.poll(() => listener?.isCurrent()).toBe(true)
  })
})
