import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { startRelay, type Relay } from '../../test-support/relay.ts'
import { makeTestDatabase, urlOf, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from './client.ts'

let test: TestDatabase
let relay: Relay
const open: Database[] = []

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  relay = await startRelay({ port: Number(new URL(test.gatewayUrl).port) })
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()))
})

afterAll(async () => {
  await relay?.close()
  await test?.drop()
})

function connect(options: Partial<Parameters<typeof connectDatabase>[0]> = {}): Database {
  const database = connectDatabase({ url: test.gatewayUrl, ...options })
  open.push(database)
  return database
}

function throughRelay(): string {
  const url = new URL(test.gatewayUrl)
  url.port = String(relay.port)
  return url.href
}

const write = (writer: string) => sql`insert into scratch values (${writer})`

const unavailable = {
  name: 'GatewayError',
  status: 503,
  code: 'database_unavailable',
  headers: { 'Retry-After': '5' },
}

/** Five seconds is what a caller was promised; the bound is asserted by the promise's own end. */
async function refusedWithinFiveSeconds(attempt: Promise<unknown>): Promise<void> {
  const started = performance.now()
  await expect(attempt).rejects.toMatchObject(unavailable)
  expect(performance.now() - started).toBeLessThan(5000)
}

describe('X1: an unreachable database', () => {
  it('is 503 when nothing listens, and is found again when something does', async () => {
    const database = connect({ url: throughRelay() })
    await database.ping()
    await relay.down()

    await refusedWithinFiveSeconds(database.ping())
    await refusedWithinFiveSeconds(database.inTenant('acme-corp', async () => 1))

    await relay.up()
    await expect.poll(() => database.ping().then(() => 'up')).toBe('up')
  })

  it('is 503 when its host says nothing any more, and is found again', async () => {
    const database = connect({ url: throughRelay(), poolSize: 1 })
    await database.ping()
    relay.freeze()

    await refusedWithinFiveSeconds(database.ping())
    await refusedWithinFiveSeconds(database.ping())

    relay.thaw()
    await expect.poll(() => database.ping().then(() => 'up'), { timeout: 10_000 }).toBe('up')
  })

  it('is 503 when its name is unknown', async () => {
    const database = connect({ url: 'postgres://u:p@database.invalid/d' })

    await refusedWithinFiveSeconds(database.ping())
  })

  it('is 503 when the server ends the connection in the middle', async () => {
    const database = connect()
    const interrupted = database.inTenant('acme-corp', async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await test.owner`select pg_terminate_backend(${row?.pid ?? 0})`
      await tx.execute(sql`select 1`)
    })

    await expect(interrupted).rejects.toMatchObject(unavailable)
    await expect(database.ping()).resolves.toBeUndefined()
  })
})

describe('a connection that is lost in the middle (porsager/postgres#1208, #1216)', () => {
  it.each([
    ['while a statement runs', sql`select pg_terminate_backend(pg_backend_pid())`],
    ['by the transaction time-out', sql`select pg_sleep(1.3); select pg_sleep(1.3)`],
  ])('%s, takes nothing of its transaction into the next one', async (_, end) => {
    await test.owner`create table scratch (writer text)`
    await test.owner`grant all on scratch to dashgate_gateway`
    const database = connect({ poolSize: 1 })

    const lost = database.inTenant('acme-corp', async (tx) => {
      await tx.execute(write('acme-corp'))
      await tx.execute(end).catch(() => {})
      // The driver refuses one statement more, and would run the next on a new connection.
      await tx.execute(write('acme-corp, after the loss')).catch(() => {})
      await tx.execute(write('acme-corp, long after the loss'))
    })
    // Waits for the connection when it is lost, but not so long that it is turned away.
    const next = wait(1000).then(() =>
      database.inTenant('globex', async (tx) => tx.execute(write('globex'))),
    )

    await expect(lost).rejects.toMatchObject(unavailable)
    await next
    const rows = await test.owner`select writer from scratch`
    expect(rows.map((row) => String(row['writer']))).toEqual(['globex'])
    await test.owner`drop table scratch`
  })

  it('does not pass for committed when a statement failed and nobody looked', async () => {
    const swallowed = connect().inTenant('acme-corp', async (tx) => {
      await tx.execute(sql`select 1 / 0`).catch(() => {})
    })

    await expect(swallowed).rejects.toThrow(/rolled back/)
  })
})

describe('X2: a slow database', () => {
  it('has its statement cancelled', async () => {
    const database = connect({ statementTimeoutMs: 100 })
    const slow = database.inTenant('acme-corp', async (tx) => tx.execute(sql`select pg_sleep(20)`))

    await expect(slow).rejects.toMatchObject(unavailable)
  })

  it('turns away who waits too long for a connection, and never runs that work later', async () => {
    const database = connect({ poolSize: 1, statementTimeoutMs: 2400 })
    let ran = false
    const first = database.inTenant('acme-corp', async (tx) =>
      tx.execute(sql`select pg_sleep(2.2)`),
    )
    const second = database.inTenant('acme-corp', async () => {
      ran = true
    })

    await expect(second).rejects.toMatchObject(unavailable)
    await first
    await database.ping()
    expect(ran).toBe(false)
  })
})

describe('an error of the work itself', () => {
  it('passes as it is and rolls back', async () => {
    const database = connect({ poolSize: 1 })
    await test.owner`create table if not exists scratch (id int)`
    await test.owner`grant all on scratch to dashgate_gateway`
    const mine = new Error('mine')
    const attempt = database.inTenant('acme-corp', async (tx) => {
      await tx.execute(sql`insert into scratch values (1)`)
      throw mine
    })

    await expect(attempt).rejects.toBe(mine)
    expect(await test.owner`select * from scratch`).toHaveLength(0)
    await test.owner`drop table scratch`
  })

  it('of a statement does not repeat the values in its message', async () => {
    const database = connect()
    const attempt = database.inTenant('acme-corp', async (tx) =>
      tx.execute(sql`select 1 / (length(${'canary-secret'}) - 13)`),
    )

    await expect(attempt).rejects.toSatisfy(
      (error: Error) => !`${error.message} ${String(error.stack)}`.includes('canary-secret'),
    )
  })
})

describe('V53: a role that could get round row-level security', () => {
  it('is not the one of the gateway', async () => {
    await expect(connect().assertLeastPrivilege()).resolves.toBeUndefined()
  })

  it('is refused as superuser and owner', async () => {
    const attempt = connect({ url: test.ownerUrl }).assertLeastPrivilege()

    await expect(attempt).rejects.toThrow(
      /it has BYPASSRLS; .*it is a superuser; .*it owns .*tenants/,
    )
  })

  it.each([
    ['alter role r bypassrls', /it has BYPASSRLS/],
    ['alter role r createrole', /it has CREATEROLE/],
    ['alter role r replication', /it has REPLICATION/],
    ['grant postgres to r', /it is a member of postgres, which is a superuser; .*it owns /],
    ['grant postgres to r with inherit false', /it may empty .*tenants/],
    ['grant pg_read_all_data to r', /it is a member of pg_read_all_data; .*on audit_chain_head/],
    ['grant pg_execute_server_program to r', /it is a member of pg_execute_server_program/],
    ['grant update (detail) on audit_logs to r', /it may change what is recorded in audit_logs/],
    ['grant delete on audit_logs to r', /it may change what is recorded in audit_logs/],
    ['grant truncate on audit_logs to r', /it may empty audit_logs/],
    ['grant trigger on preferences to r', /it may make triggers on preferences/],
    ['grant update on audit_chain_head to r', /recorded in audit_chain_head; .*not forced on/],
    ['grant create on schema public to r', /it may create objects in the schema public/],
    ['alter schema public owner to r', /it owns the schema public/],
    ['alter function notify_keys() owner to r', /it owns the function notify_keys/],
    [
      'create table more (a int); grant insert (a) on more to r',
      /not forced on more/,
      'drop table more',
    ],
    [
      'alter table key_rings rename to other',
      /run the migrations first/,
      'alter table other rename to key_rings',
    ],
    [
      'alter table preferences no force row level security',
      /not forced on preferences/,
      'alter table preferences force row level security',
    ],
    [
      'alter table sessions disable row level security',
      /not forced on sessions/,
      'alter table sessions enable row level security',
    ],
  ])('is refused after: %s', async (change, fault, undo = 'select') => {
    const role = `role_${randomBytes(4).toString('hex')}`
    await test.owner.unsafe(`create role ${role} login password 'weak' in role dashgate_gateway`)
    try {
      await test.owner.unsafe(change.replaceAll(/\br\b/g, role))
      const url = urlOf(test.ownerUrl, test.name, role, 'weak')
      await expect(connect({ url }).assertLeastPrivilege()).rejects.toThrow(fault)
    } finally {
      await test.owner.unsafe(`reassign owned by ${role} to postgres; drop owned by ${role}`)
      await test.owner.unsafe(`drop role ${role}; ${undo}`)
    }
    await expect(connect().assertLeastPrivilege()).resolves.toBeUndefined()
  })

  it('is refused where the tables are not there yet', async () => {
    const server = postgres(inject('postgresUrl'), { max: 1 })
    await server`create database empty_one`
    const url = urlOf(test.gatewayUrl, 'empty_one')
    const attempt = connect({ url }).assertLeastPrivilege()

    await expect(attempt).rejects.toThrow(/run the migrations first/)
    await server`drop database empty_one with (force)`
    await server.end()
  })
})
