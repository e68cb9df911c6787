import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { startPgBouncer, type PgBouncer } from '../../test-support/pgbouncer.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database, type Transaction } from './client.ts'
import { openConnection } from './connection.ts'
import { listenForChanges, type ChangeListener } from './notifications.ts'
import { preferences, tenants } from './schema.ts'

/** Few server connections for many clients, so that each is lent to everybody in turn. */
const poolSize = 2

let test: TestDatabase
let pooler: PgBouncer
let url: string
let clients: Database[]
let impatient: Database
let bare: postgres.Sql

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  await test.owner`
    insert into preferences (tenant_id, issuer, user_sub, dashboard_slug, name, value)
    select id, 'https://op', 'u', 'loss-development', id || ': seeded', '{}' from tenants`
  pooler = await startPgBouncer({
    server: test.ownerUrl,
    roles: [test.gatewayUrl],
    poolSize,
  })
  url = pooler.through(test.gatewayUrl)
  clients = Array.from({ length: 6 }, () => connectDatabase({ url, poolSize: 1 }))
  impatient = connectDatabase({ url, poolSize: 2, statementTimeoutMs: 30 })
  bare = postgres(url, { max: 4, prepare: false, fetch_types: false, onnotice: () => {} })
})

afterAll(async () => {
  await Promise.all([...(clients ?? []), impatient].map((database) => database?.close()))
  await bare?.end({ timeout: 1 })
  await pooler?.stop()
  await test?.drop()
})

const add = (tx: Transaction, tenantId: string, name: string) =>
  tx.insert(preferences).values({
    tenantId,
    issuer: 'https://op',
    userSub: 'u',
    dashboardSlug: 'loss-development',
    name,
    value: {},
  })

/** Everything that a transaction of the tenant can see says whose it is. */
async function expectOnlyOwn(tx: Transaction, tenantId: string): Promise<void> {
  const own = (await tx.select().from(tenants)).map((row) => row.id)
  const rows = await tx.select().from(preferences)
  expect(own).toEqual([tenantId])
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.filter((row) => !row.name.startsWith(`${tenantId}: `))).toEqual([])
}

/** What a client finds that says nothing: the settings of nobody, and no rows. */
async function expectNothingLeft(): Promise<void> {
  const [found] = await bare`select
    current_setting('dashgate.tenant_id', true) as tenant,
    current_setting('dashgate.purpose', true) as purpose,
    current_setting('statement_timeout') as statement_timeout,
    current_setting('transaction_timeout') as transaction_timeout,
    (select count(*)::int from tenants) as tenants,
    (select count(*)::int from preferences) as preferences,
    (select count(*)::int from pg_prepared_statements) as prepared`
  expect({ ...found, tenant: found?.['tenant'] ?? '', purpose: found?.['purpose'] ?? '' }).toEqual({
    tenant: '',
    purpose: '',
    statement_timeout: '0',
    transaction_timeout: '0',
    tenants: 0,
    preferences: 0,
    prepared: 0,
  })
}

let serial = 0
const failure = new Error('the work itself')
const unavailable = { code: 'database_unavailable' }

/** What a client may do, each for a tenant and through a connection of its own to the pooler. */
const acts: Record<string, (database: Database, tenantId: string) => Promise<unknown>> = {
  reads: (database, tenantId) => database.inTenant(tenantId, (tx) => expectOnlyOwn(tx, tenantId)),
  writes: (database, tenantId) =>
    database.inTenant(tenantId, async (tx) => {
      await add(tx, tenantId, `${tenantId}: ${++serial}`)
      await expectOnlyOwn(tx, tenantId)
    }),
  'reads what all share': (database) =>
    database.forPurpose('directory', async (tx) => {
      expect(await tx.select().from(tenants)).toHaveLength(2)
      expect(await tx.select().from(preferences)).toEqual([])
    }),
  'says nothing': expectNothingLeft,
  'fails in a statement': (database, tenantId) =>
    expect(
      database.inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, `lost: ${++serial}`)
        await tx.execute(sql`select 1 / 0`)
      }),
    ).rejects.toMatchObject({ code: '22012' }),
  'swallows a failure': (database, tenantId) =>
    expect(
      database.inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, `lost: ${++serial}`)
        await tx.execute(sql`select 1 / 0`).catch(() => {})
      }),
    ).rejects.toThrow(/rolled back/),
  throws: (database, tenantId) =>
    expect(
      database.inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, `lost: ${++serial}`)
        throw failure
      }),
    ).rejects.toBe(failure),
  'is cancelled': (_, tenantId) =>
    expect(
      impatient.inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, `lost: ${++serial}`)
        await tx.execute(sql`select pg_sleep(20)`)
      }),
    ).rejects.toMatchObject(unavailable),
  'loses its server': (database, tenantId) =>
    expect(
      database.inTenant(tenantId, async (tx) => {
        await add(tx, tenantId, `lost: ${++serial}`)
        await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)
      }),
    ).rejects.toMatchObject(unavailable),
  'dies in the middle': async (_, tenantId) => {
    const { client, kill } = openConnection({ url })
    await client.unsafe('begin')
    await client.unsafe("select set_config('dashgate.tenant_id', $1, true)", [tenantId])
    await client.unsafe(
      `insert into preferences (tenant_id, issuer, user_sub, dashboard_slug, name, value)
       values ($1, 'https://op', 'u', 'loss-development', $2, '{}')`,
      [tenantId, `lost: ${++serial}`],
    )
    kill()
  },
}

const act = fc.record({
  what: fc.constantFrom(...Object.keys(acts)),
  tenantId: fc.constantFrom('acme-corp', 'globex'),
})

describe('behind PgBouncer in transaction mode', () => {
  it('T2, R6: no client sees, or leaves behind, anything of another on the same server connection', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { maxLength: 5 }), { minLength: 2, maxLength: 6 }),
        async (everybody) => {
          await Promise.all(
            everybody.map(async (todo, index) => {
              const database = clients[index]
              for (const { what, tenantId } of todo) {
                if (database) await acts[what]?.(database, tenantId)
              }
            }),
          )
          await Promise.all(Array.from({ length: 2 * poolSize }, expectNothingLeft))
        },
      ),
      { numRuns: 40 },
    )

    const written = await test.owner`select tenant_id, name from preferences`
    const strangers = written.filter(({ tenant_id: tenantId, name }) => {
      return !String(name).startsWith(`${tenantId}: `)
    })
    expect(strangers).toEqual([])
    expect(written.length).toBeGreaterThan(0)
  }, 120_000)

  it('the role is found to have no more than it needs', async () => {
    await expect(clients[0]?.assertLeastPrivilege()).resolves.toBeUndefined()
  })

  it('more clients at once than there are server connections all get their turn', async () => {
    const answers = clients.map((database) =>
      database.inTenant('globex', async (tx) => {
        await tx.execute(sql`select pg_sleep(0.1)`)
        return (await tx.select().from(tenants)).map((row) => row.id)
      }),
    )

    expect(await Promise.all(answers)).toEqual(clients.map(() => ['globex']))
  })
})

describe('changes', () => {
  let listener: ChangeListener | undefined
  let told: string[]

  afterEach(async () => {
    await listener?.close()
  })

  async function listenAt(address: string): Promise<void> {
    told = []
    const handlers = {
      metadata: () => told.push('metadata'),
      session: () => told.push('session'),
      keys: () => told.push('keys'),
      resync: () => told.push('resync'),
      deaf: (cause?: unknown) => told.push(`deaf${cause === undefined ? '' : ', with a cause'}`),
    }
    listener = await listenForChanges({ listenAt: { url: address }, changeAt: { url } }, handlers)
  }

  it('made through the pooler are heard past it', async () => {
    await listenAt(test.gatewayUrl)
    expect(listener?.isCurrent()).toBe(true)
    await clients[0]?.forPurpose('admin', (tx) =>
      tx
        .update(tenants)
        .set({ displayName: 'Heard' })
        .where(sql`id = 'globex'`),
    )

    await expect.poll(() => told).toEqual(['metadata'])
  })

  it('are not believed to be heard through it, whichever server connection the beats meet', async () => {
    const narrow = await startPgBouncer({
      server: test.ownerUrl,
      roles: [test.gatewayUrl],
      poolSize: 1,
    })
    try {
      await listenAt(narrow.through(test.gatewayUrl))

      expect(told).toEqual(['deaf'])
      await expect
        .poll(() => told.filter((what) => what === 'resync').length, { timeout: 10_000 })
        .toBeGreaterThan(2)
      expect(listener?.isCurrent()).toBe(false)
      expect(told.filter((what) => what === 'deaf')).toHaveLength(1)
    } finally {
      await listener?.close()
      await narrow.stop()
    }
  })

  it('are heard through a pooler in session mode', async () => {
    const session = await startPgBouncer({
      server: test.ownerUrl,
      roles: [test.gatewayUrl],
      poolSize: 4,
      mode: 'session',
    })
    try {
      await listenAt(session.through(test.gatewayUrl))

      expect([told, listener?.isCurrent()]).toEqual([[], true])
    } finally {
      await listener?.close()
      await session.stop()
    }
  })
})
