import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { startPgBouncer } from '../../test-support/pgbouncer.ts'
import { createDatabase, gatewayPassword, urlOf } from '../../test-support/test-database.ts'
import { migrateDatabase, migrationsFolder } from './migrations.ts'

let name: string
let url: string
let owner: postgres.Sql

beforeEach(async () => {
  name = `migrated_${randomBytes(6).toString('hex')}`
  await createDatabase(inject('postgresUrl'), name)
  url = urlOf(inject('postgresUrl'), name)
  owner = postgres(url, { max: 4, onnotice: () => {} })
})

afterEach(async () => {
  await owner.end({ timeout: 1 })
  const server = postgres(inject('postgresUrl'), { max: 1 })
  await server.unsafe(`drop database ${name} with (force)`)
  await server.end()
})

const scripts = async () =>
  (await readdir(migrationsFolder)).filter((file) => file.endsWith('.sql')).toSorted()

const done = async () => (await owner`select from drizzle.__drizzle_migrations`).length

describe('migrations', () => {
  it('stand in the journal in their order, each once', async () => {
    const journal = JSON.parse(
      await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8'),
    ) as { entries: { idx: number; tag: string; when: number }[] }
    const times = journal.entries.map((entry) => entry.when)

    expect(journal.entries.map(({ tag }) => `${tag}.sql`)).toEqual(await scripts())
    // One with an earlier time than the newest that was run would never run.
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
  })

  it('run once each, even when several replicas start at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => migrateDatabase({ url })))
    await migrateDatabase({ url })

    expect(await done()).toBe((await scripts()).length)
  })

  it('let the role of the gateway sign in with any password', async () => {
    const appRolePassword = `o'clock "quoted" \\ %L ${randomBytes(4).toString('hex')}`
    const before = await owner`select rolpassword from pg_authid where rolname = 'dashgate_gateway'`
    await migrateDatabase({ url, appRolePassword })
    const gateway = postgres(url, {
      max: 1,
      user: 'dashgate_gateway',
      password: appRolePassword,
      username: 'dashgate_gateway',
    })
    try {
      const [row] = await gateway`select current_user as name`
      expect(row).toEqual({ name: 'dashgate_gateway' })
    } finally {
      await gateway.end()
      // The role belongs to all databases of the server, so the other tests' password comes back.
      await owner.unsafe(
        `alter role dashgate_gateway password '${String(before[0]?.['rolpassword'])}'`,
      )
    }
  })

  it('are refused through a pooler, which would lose the lock', async () => {
    const pooler = await startPgBouncer({ server: url, roles: [url], poolSize: 2 })
    onTestFinished(() => pooler.stop())

    await expect(migrateDatabase({ url: pooler.through(url) })).rejects.toThrow(
      /database itself, not to a pooler/,
    )
  })
})

describe('four processes that migrate one database', () => {
  const program = fileURLToPath(new URL('migrate.ts', import.meta.url))
  const children: ChildProcess[] = []

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  /** Started as on four machines; what they call themselves tells them apart in the database. */
  function start(application: string) {
    const child = spawn(process.execPath, [program], {
      env: { MIGRATION_DATABASE_URL: url, PGAPPNAME: application },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(child)
    let complaint = ''
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal, complaint }))
    return { application, child, ended }
  }

  /** Half of a migration is done when this trigger is made: whoever makes it waits for the test. */
  async function stopInTheMiddle() {
    await owner.unsafe(`
      create function wait_in_the_middle() returns event_trigger language plpgsql as $$
        begin
          if exists (select from pg_event_trigger_ddl_commands() where object_identity like 'audit\\_chain\\_append %') then
            perform pg_advisory_xact_lock(42);
          end if;
        end $$;
      create event trigger in_the_middle on ddl_command_end
        when tag in ('CREATE TRIGGER') execute function wait_in_the_middle();`)
    const held = await owner.reserve()
    await held`select pg_advisory_lock(42)`
    return async () => {
      await held`select pg_advisory_unlock(42)`
      held.release()
    }
  }

  it('leave nothing half done when the one that is at work is killed, and the others finish', async () => {
    const letGo = await stopInTheMiddle()
    const processes = ['migrate-1', 'migrate-2', 'migrate-3', 'migrate-4'].map(start)
    const atWork = await untilOneIsInTheMiddle()
    const victim = processes.find(({ application }) => application === atWork)
    victim?.child.kill('SIGKILL')
    expect(await victim?.ended).toMatchObject({ signal: 'SIGKILL' })
    await letGo()

    const others = await Promise.all(
      processes.filter((one) => one !== victim).map(({ ended }) => ended),
    )
    expect(others).toEqual(others.map(({ complaint }) => ({ code: 0, signal: null, complaint })))
    expect(await done()).toBe((await scripts()).length)
  }, 60_000)

  it('leave no half of a migration behind when all are killed in the middle', async () => {
    const letGo = await stopInTheMiddle()
    const processes = ['migrate-1', 'migrate-2'].map(start)
    await untilOneIsInTheMiddle()
    for (const { child } of processes) child.kill('SIGKILL')
    await Promise.all(processes.map(({ ended }) => ended))
    await letGo()

    await expect
      .poll(
        async () =>
          (await owner`select from pg_stat_activity where application_name like 'migrate-%'`)
            .length,
      )
      .toBe(0)
    const halves = await owner`select from pg_tables where tablename = 'audit_chain_head'`
    expect([await done(), halves]).toEqual([2, []])
    await migrateDatabase({ url })
    expect(await done()).toBe((await scripts()).length)
  }, 60_000)

  async function untilOneIsInTheMiddle(): Promise<string> {
    const found = async () => {
      const [row] = await owner`
        select application_name from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and objid = 42 and not granted and datname = current_database()`
      return row?.['application_name'] as string | undefined
    }
    return expect
      .poll(found, { timeout: 30_000 })
      .toBeTypeOf('string')
      .then(async () => {
        // It gives up and tries again meanwhile; then it is asked for once more.
        return (await found()) ?? untilOneIsInTheMiddle()
      })
  }
})

describe('a migration that meets a busy table', () => {
  let folder: string

  beforeEach(async () => {
    await migrateDatabase({ url })
    folder = await mkdtemp(join(tmpdir(), 'dashgate-migrations-'))
    await mkdir(join(folder, 'meta'))
    await writeFile(join(folder, '0000_column.sql'), 'alter table tenants add column extra text')
    const entry = { idx: 0, version: '7', when: 9e12, tag: '0000_column', breakpoints: true }
    await writeFile(
      join(folder, 'meta/_journal.json'),
      JSON.stringify({ version: '7', dialect: 'postgresql', entries: [entry] }),
    )
  })

  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  /** As a backup has it: read for as long as it takes. */
  async function readForLong() {
    const reader = await owner.reserve()
    await reader`begin`
    await reader`select from tenants`
    return async () => {
      await reader`commit`
      reader.release()
    }
  }

  it('lets the gateway go on, and comes to its turn when the table is free', async () => {
    const stopReading = await readForLong()
    const waits: string[] = []
    const migrating = migrateDatabase({ url, folder, onWait: () => waits.push('waited') })
    const gateway = postgres(urlOf(url, name, 'dashgate_gateway', gatewayPassword), {
      max: 1,
      connection: { statement_timeout: 2000 },
    })
    while (waits.length < 2) await gateway`select from tenants`
    await gateway.end()
    expect(await owner`select from information_schema.columns where column_name = 'extra'`).toEqual(
      [],
    )

    await stopReading()
    await migrating
    expect(
      await owner`select from information_schema.columns where column_name = 'extra'`,
    ).toHaveLength(1)
  })

  it('says so in the end', async () => {
    const stopReading = await readForLong()
    const migrating = migrateDatabase({ url, folder, patienceMs: 0 })

    await expect(migrating).rejects.toThrow(/others have held .* Nothing is half done/)
    await stopReading()
    await migrateDatabase({ url, folder })
  })
})
