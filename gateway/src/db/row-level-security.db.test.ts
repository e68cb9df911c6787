import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database, type Purpose, type Transaction } from './client.ts'
import {
  assignments,
  auditLogs,
  dashboards,
  keyRings,
  preferences,
  sessions,
  tenants,
} from './schema.ts'

let test: TestDatabase
let database: Database

const tables = { tenants, dashboards, assignments, preferences, sessions, keyRings, auditLogs }
type TableName = keyof typeof tables

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  await test.owner`
    insert into preferences (tenant_id, issuer, user_sub, dashboard_slug, name, value)
    values ('acme-corp', 'https://op', 'u1', 'loss-development', 'mine', '{}'),
           ('globex', 'https://op', 'u1', 'loss-development', 'mine', '{}')`
  await test.owner`
    insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id,
      idle_expires_at, absolute_expires_at)
    values ('0123456789abcdef', 'https://op', 'u1', 'u1@acme.test', 'viewer', '{acme-corp}',
      'acme-corp', now() + interval '1 h', now() + interval '1 h')`
  await test.owner`
    insert into key_rings (ring, kid, secret_sealed) values ('cookie', 'k1', 'sealed')`
  await test.owner`
    insert into audit_logs (id, at, action, actor_type, actor, tenant_id, request_id, prev_hash, hash)
    values (0, now(), 'test', 'gateway', 'gateway', 'acme-corp', 'r1', '', ''),
           (0, now(), 'test', 'gateway', 'gateway', 'globex', 'r1', '', '')`
  // One connection: what a transaction leaves behind on it, the next one would find.
  database = connectDatabase({ url: test.gatewayUrl, poolSize: 1 })
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const countIn = async (tx: Transaction, table: TableName) =>
  (await tx.select().from(tables[table])).length

const everywhere = async (
  run: (
    work: (tx: Transaction) => Promise<Record<string, number>>,
  ) => Promise<Record<string, number>>,
  names: readonly TableName[],
) =>
  run(async (tx) => {
    const counts: Record<string, number> = {}
    for (const name of names) counts[name] = await countIn(tx, name)
    return counts
  })

const owned: readonly TableName[] = ['tenants', 'assignments', 'preferences', 'auditLogs']
const all: readonly TableName[] = [...owned, 'dashboards', 'sessions', 'keyRings']

describe('T2, R6, V53: rows of a tenant', () => {
  it('are seen by its own transactions only, one after the other on one connection', async () => {
    const acme = await database.inTenant('acme-corp', async (tx) => tx.select().from(preferences))
    const globex = await database.inTenant('globex', async (tx) => tx.select().from(preferences))

    expect(acme.map((row) => row.tenantId)).toEqual(['acme-corp'])
    expect(globex.map((row) => row.tenantId)).toEqual(['globex'])
  })

  it('are one tenant of each table that belongs to tenants', async () => {
    const counts = await everywhere((work) => database.inTenant('globex', work), owned)

    expect(counts).toEqual({ tenants: 1, assignments: 2, preferences: 1, auditLogs: 1 })
  })

  it('are none for a tenant that does not exist', async () => {
    const counts = await everywhere((work) => database.inTenant('nobody', work), owned)

    expect(counts).toEqual({ tenants: 0, assignments: 0, preferences: 0, auditLogs: 0 })
  })

  it('are hidden again after the transaction, whether it ended well or not', async () => {
    await database.inTenant('acme-corp', async (tx) => countIn(tx, 'preferences'))
    await expect(
      database.inTenant('acme-corp', async (tx) => {
        await countIn(tx, 'preferences')
        throw new Error('half way')
      }),
    ).rejects.toThrow('half way')
    // @ts-expect-error: the types do not allow a transaction for nobody and for nothing
    const counts = await everywhere((work) => database.forPurpose('', work), all)

    expect(new Set(Object.values(counts))).toEqual(new Set([0]))
  })

  it('have no setting left on the connection once the transaction is over', async () => {
    const [left] = await database.inTenant('acme-corp', async (tx) => {
      await tx.execute(sql`commit`)
      return tx.execute(sql`select
        current_setting('dashgate.tenant_id', true) as tenant,
        current_setting('dashgate.purpose', true) as purpose,
        current_setting('statement_timeout') as patience,
        (select count(*)::int from preferences) as seen`)
    })

    expect(left).toEqual({ tenant: '', purpose: '', patience: '0', seen: 0 })
  })

  it('cannot be written for another tenant', async () => {
    const foreign = database.inTenant('acme-corp', async (tx) =>
      tx.insert(preferences).values({
        tenantId: 'globex',
        issuer: 'https://op',
        userSub: 'u1',
        dashboardSlug: 'loss-development',
        name: 'planted',
        value: {},
      }),
    )

    await expect(foreign).rejects.toMatchObject({ code: '42501' })
  })

  it('cannot be changed or moved into another tenant', async () => {
    const touched = await database.inTenant('acme-corp', async (tx) =>
      tx
        .update(preferences)
        .set({ isDefault: true })
        .where(sql`tenant_id = 'globex'`)
        .returning(),
    )
    const moved = database.inTenant('acme-corp', async (tx) =>
      tx.update(preferences).set({ tenantId: 'globex' }),
    )

    expect(touched).toEqual([])
    await expect(moved).rejects.toMatchObject({ code: '42501' })
  })

  it('need a tenant id that is one', async () => {
    for (const id of ['', ' ', 'Acme', "a' or true", '../b']) {
      await expect(database.inTenant(id, async () => 1)).rejects.toThrow(TypeError)
    }
  })
})

describe('a purpose', () => {
  const seen: Record<Purpose, Record<string, number>> = {
    directory: {
      tenants: 2,
      dashboards: 2,
      assignments: 4,
      preferences: 0,
      sessions: 0,
      keyRings: 0,
      auditLogs: 0,
    },
    session: {
      tenants: 0,
      dashboards: 0,
      assignments: 0,
      preferences: 0,
      sessions: 1,
      keyRings: 0,
      auditLogs: 0,
    },
    keys: {
      tenants: 0,
      dashboards: 0,
      assignments: 0,
      preferences: 0,
      sessions: 1,
      keyRings: 1,
      auditLogs: 0,
    },
    admin: {
      tenants: 2,
      dashboards: 2,
      assignments: 4,
      preferences: 0,
      sessions: 1,
      keyRings: 1,
      auditLogs: 2,
    },
    audit: {
      tenants: 0,
      dashboards: 0,
      assignments: 0,
      preferences: 0,
      sessions: 0,
      keyRings: 0,
      auditLogs: 0,
    },
    // Openings only, of which there are none here.
    usage: {
      tenants: 0,
      dashboards: 0,
      assignments: 0,
      preferences: 0,
      sessions: 0,
      keyRings: 0,
      auditLogs: 0,
    },
  }

  it.each(['directory', 'session', 'keys', 'admin', 'audit', 'usage'] as const)(
    '%s sees what it is for and nothing else',
    async (purpose) => {
      expect(await everywhere((work) => database.forPurpose(purpose, work), all)).toEqual(
        seen[purpose],
      )
    },
  )

  it('other than admin changes no metadata', async () => {
    for (const purpose of ['directory', 'session', 'keys', 'audit', 'usage'] as const) {
      const renamed = await database.forPurpose(purpose, async (tx) =>
        tx.update(tenants).set({ displayName: 'Taken' }).returning(),
      )
      const added = database.forPurpose(purpose, async (tx) =>
        tx.insert(tenants).values({ id: 'planted', displayName: 'P', storagePrefix: 'planted' }),
      )
      expect(renamed).toEqual([])
      await expect(added).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describe("the gateway's role", () => {
  it('can neither change nor delete an audit line, whatever it runs for', async () => {
    for (const statement of [
      sql`update audit_logs set action = 'other'`,
      sql`delete from audit_logs`,
      sql`truncate audit_logs`,
      sql`update audit_chain_head set last_hash = ''`,
      sql`alter table tenants no force row level security`,
      sql`set role postgres`,
    ]) {
      const attempt = database.forPurpose('admin', async (tx) => tx.execute(statement))
      await expect(attempt).rejects.toMatchObject({ code: '42501' })
    }
  })

  it('cannot switch row-level security off for itself', async () => {
    const rows = database.inTenant('acme-corp', async (tx) => {
      await tx.execute(sql`set local row_security = off`)
      return tx.select().from(preferences)
    })

    await expect(rows).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the tables', () => {
  it.each(['', 'Acme', 'a_b', '-a', 'a-', 'a'.repeat(64), 'a/b', 'a\n', 'ä'])(
    'refuse %j as a tenant id and as a storage prefix',
    async (id) => {
      const asId = test.owner`insert into tenants (id, display_name, storage_prefix) values (${id}, 'T', 'free')`
      const asPrefix = test.owner`insert into tenants (id, display_name, storage_prefix) values ('free', 'T', ${id})`
      await expect(asId).rejects.toMatchObject({ code: '23514' })
      await expect(asPrefix).rejects.toMatchObject({ code: '23514' })
    },
  )

  it('refuse a storage prefix that another tenant has', async () => {
    const shared = test.owner`insert into tenants (id, display_name, storage_prefix) values ('twin', 'T', 'globex')`
    await expect(shared).rejects.toMatchObject({ code: '23505' })
  })

  it.each(['http://a/path', 'ftp://a', 'http://u@a', 'http://a?b', 'javascript:x', 'http://a b'])(
    'refuse %j as the address of an app',
    async (appUrl) => {
      const row = test.owner`insert into dashboards (slug, title, app_url) values ('new', 'T', ${appUrl})`
      await expect(row).rejects.toMatchObject({ code: '23514' })
    },
  )

  it.each([
    '{http://a/path}',
    '{http://b,ftp://a}',
    '{http://b,""}',
    '{""}',
    '{NULL}',
    '{"http://a http://b"}',
    `{${Array.from({ length: 17 }, (_, index) => `http://b:${8000 + index}`).join()}}`,
  ])('refuse %j as the further addresses of an app', async (urls) => {
    const row = test.owner`insert into dashboards (slug, title, app_url, replica_urls)
      values ('new', 'T', 'http://a', ${urls}::text::text[])`
    await expect(row).rejects.toMatchObject({ code: '23514' })
  })
})
