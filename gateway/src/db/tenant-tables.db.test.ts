import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { psql } from '../../test-support/psql.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'

/** Row-level security as somebody meets it who holds the password of the gateway's role. */
let test: TestDatabase
let gateway: postgres.Sql
let tables: Table[]

interface Table {
  readonly name: string
  readonly guarded: boolean
  /** The column that says whose a row is. */
  readonly owner: string | null
  /** One that the role may update. */
  readonly column: string | null
  /** Whether the role has any right on it. */
  readonly used: boolean
}

const tenantIds = ['acme-corp', 'globex']

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  await test.owner`
    insert into preferences (tenant_id, issuer, user_sub, dashboard_slug, name, value)
    select id, 'https://op', 'u', 'loss-development', 'mine', '{}' from tenants`
  await test.owner`
    insert into dashboard_marks (tenant_id, issuer, user_sub, dashboard_slug)
    select id, 'https://op', 'u', 'loss-development' from tenants`
  await test.owner`
    insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id,
      idle_expires_at, absolute_expires_at)
    select repeat('h', 30) || id, 'https://op', 'u', 'u@acme.test', 'viewer', array[id::text], id,
      now() + interval '1 h', now() + interval '1 h' from tenants`
  await test.owner`insert into key_rings (ring, kid, secret_sealed) values ('cookie', 'k1', 'sealed')`
  await test.owner`
    insert into audit_logs (id, at, action, actor_type, actor, tenant_id, request_id, prev_hash, hash)
    select 0, now(), 'test', 'gateway', 'gateway', id, 'r1', '', '' from tenants`
  tables = await test.owner<Table[]>`
    select relname as name, relrowsecurity and relforcerowsecurity as guarded,
      (select attname from pg_attribute where attrelid = pg_class.oid and not attisdropped
        and (attname = 'tenant_id' or relname = 'tenants' and attname = 'id')) as owner,
      (select min(attname) from pg_attribute where attrelid = pg_class.oid and attnum > 0
        and not attisdropped
        and has_column_privilege('dashgate_gateway', attrelid, attnum, 'update')) as column,
      has_table_privilege('dashgate_gateway', oid, 'select, insert, update, delete')
        or has_any_column_privilege('dashgate_gateway', oid, 'select, insert, update') as used
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    order by relname`
  // One connection: what a transaction left behind on it, the next one would find.
  gateway = postgres(test.gatewayUrl, { max: 1, onnotice: () => {} })
})

afterAll(async () => {
  await gateway?.end()
  await test?.drop()
})

describe('every table of the catalogue', () => {
  it('is guarded by policies that hold for its owner too, or closed to the role', () => {
    expect(tables.length).toBeGreaterThan(7)
    expect(tables.filter(({ guarded, used }) => used && !guarded)).toEqual([])
  })

  it('that says whose its rows are holds rows of two tenants here, or the tests below prove nothing', async () => {
    const owned = tables.filter(({ owner }) => owner !== null)
    expect(owned.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['assignments', 'audit_logs', 'preferences', 'sessions', 'tenants']),
    )
    for (const { name, owner } of owned) {
      const rows = await test.owner.unsafe(`select distinct ${owner} as id from ${name} order by 1`)
      expect([name, rows.map((row) => String(row['id']))]).toEqual([name, tenantIds])
    }
  })
})

describe('what says whose a row is', () => {
  it('is written once: no purpose lets the role change it', async () => {
    const changeable = await test.owner`
      select relname || '.' || attname as column from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and attname in ('id', 'tenant_id', 'tenants', 'storage_prefix', 'slug', 'dashboard_slug',
          'issuer', 'sub', 'user_sub', 'role', 'id_hash')
        and has_column_privilege('dashgate_gateway', attrelid, attnum, 'update')`
    expect(changeable).toEqual([])
  })
})

const act = fc.record({
  verb: fc.constantFrom('select', 'update', 'delete', 'insert'),
  /** Which table, of however many there are. */
  table: fc.nat(),
})
const transaction = fc.record({
  tenant: fc.constantFrom(undefined, '', 'nobody', ...tenantIds),
  acts: fc.array(act, { minLength: 1, maxLength: 4 }),
  end: fc.constantFrom('commit', 'rollback'),
})

/** @returns whose rows it touched, or undefined when the role may not do that at all */
async function touched({ verb, table }: { verb: string; table: number }) {
  const { name, owner, column } = tables[table % tables.length] ?? {}
  const returning = `returning ${owner ?? 'null'} as id`
  const statement = {
    select: `select ${owner ?? 'null'} as id from ${name}`,
    update: `update ${name} set ${column ?? owner ?? 'id'} = ${column ?? owner ?? 'id'} ${returning}`,
    delete: `delete from ${name} ${returning}`,
    insert: `insert into ${name} select * from ${name} on conflict do nothing ${returning}`,
  }[verb]
  try {
    // What was deleted is there again for the next one.
    const answers = await gateway.unsafe(
      `savepoint before; ${statement}; rollback to before; release before`,
    )
    const rows = answers[1] as unknown as { id: string | null }[]
    return { name, owner, ids: new Set(rows.map(({ id }) => id)) }
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(42501|428C9|42703)$/) as string })
    await gateway.unsafe('rollback to before; release before')
    return undefined
  }
}

describe('any sequence of transactions on one connection', () => {
  it('touches rows of the tenant that each names, and none where it names nobody', async () => {
    let seen = 0
    await fc.assert(
      fc.asyncProperty(fc.array(transaction, { minLength: 1, maxLength: 5 }), async (sequence) => {
        for (const { tenant, acts, end } of sequence) {
          const named =
            tenant === undefined ? '' : `select set_config('dashgate.tenant_id', '${tenant}', true)`
          await gateway.unsafe(`begin; ${named}`)
          for (const one of acts) {
            const { name, owner, ids } = (await touched(one)) ?? {}
            const others = [...(ids ?? [])].filter((id) => id !== tenant)
            // Dashboards belong to nobody, and whoever names a tenant may read them.
            const isShared = name === 'dashboards' && owner === null && Boolean(tenant)
            if (!isShared) expect([name, one.verb, others]).toEqual([name, one.verb, []])
            seen += ids?.size ?? 0
          }
          await gateway.unsafe(end)
        }
      }),
      { numRuns: 60 },
    )
    expect(seen, 'rows were touched at all').toBeGreaterThan(0)
  }, 60_000)
})

describe('psql as the gateway’s role', () => {
  const ask = (...commands: string[]) => psql(test.gatewayUrl, ...commands)
  const tenantIs = (id: string) => `select from set_config('dashgate.tenant_id', '${id}', true)`
  const usedTables = () => tables.filter(({ used }) => used)

  it('sees no row of any table while it names no tenant', async () => {
    for (const { name } of usedTables()) {
      expect([name, await ask(`select count(*) from ${name}`)]).toEqual([name, ['0']])
    }
  })

  it('sees the rows of the one that it names, and none of another', async () => {
    for (const { name, owner } of usedTables().filter((table) => table.owner !== null)) {
      const rows = `select distinct ${owner} from ${name}`
      const [own, after] = [
        await ask('begin', tenantIs('acme-corp'), rows, 'commit'),
        await ask('begin', tenantIs('acme-corp'), 'commit', rows),
      ]
      // Sessions are looked up before the tenant is known: they have a purpose of their own.
      expect([name, own]).toEqual([name, name === 'sessions' ? [] : ['acme-corp']])
      expect([name, after]).toEqual([name, []])
    }
  })

  it.each([
    "update audit_logs set action = 'nothing'",
    'delete from audit_logs',
    'truncate audit_logs',
    "update audit_chain_head set last_hash = ''",
    'truncate tenants cascade',
    'alter table audit_logs disable trigger all',
    'drop policy audit_logs_read on audit_logs',
    'set role postgres',
    'set session_replication_role = replica',
  ])('is refused: %s', async (statement) => {
    await expect(ask('begin', tenantIs('acme-corp'), statement)).rejects.toMatchObject({
      stderr: expect.stringMatching(/permission denied|must be owner/) as string,
    })
  })

  it('may name any tenant: the policies guard against faults of the gateway, not against its password in other hands', async () => {
    expect(
      await ask('begin', tenantIs('acme-corp'), tenantIs('globex'), 'select id from tenants'),
    ).toEqual(['globex'])
  })
})
