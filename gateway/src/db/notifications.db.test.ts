import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { startRelay, type Relay } from '../../test-support/relay.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from './client.ts'
import { listenForChanges, type ChangeListener } from './notifications.ts'

let test: TestDatabase
let relay: Relay
let database: Database
let listener: ChangeListener | undefined

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  relay = await startRelay({ port: Number(new URL(test.gatewayUrl).port) })
  const url = new URL(test.gatewayUrl)
  url.port = String(relay.port)
  database = connectDatabase({ url: url.href })
})

afterEach(async () => {
  await listener?.close()
  listener = undefined
})

afterAll(async () => {
  await database?.close()
  await relay?.close()
  await test?.drop()
})

async function listenAndNote(): Promise<string[]> {
  const heard: string[] = []
  listener = await listenForChanges(database, {
    metadata: () => heard.push('metadata'),
    session: (idHash) => heard.push(`session ${idHash}`),
    keys: () => heard.push('keys'),
    resync: () => heard.push('resync'),
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
