import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { root } from '../../dev/paths.ts'
import { pathWithPostgresClient } from '../test-support/postgres-client.ts'
import { startPostgres, type PostgresServer } from '../test-support/postgres.ts'
import { createDatabase, urlOf } from '../test-support/test-database.ts'
import { documentedCommands, runBlock } from './support/documented-commands.ts'
import { startEchoApp } from './support/echo-app.ts'
import { RovingVisitor, startLoad } from './support/load.ts'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, operate, owner, stack } from './support/stack.ts'
import { asFrame, Visitor } from './support/visitor.ts'

const slug = 'saved'
const base = `/dashboard/${slug}/`
const environment = inject('gatewayEnvironment')
const appRolePassword = 'another-password-than-before'

let before: Gateways
let after: Gateways
let app: Awaited<ReturnType<typeof startEchoApp>>
let server: PostgresServer
let folder: string
const undo: (() => Promise<unknown>)[] = []

/** What the documented commands are given, on the machine with that database. */
const shell = async (ownerUrl: string, gatewayUrl: string) => ({
  cwd: root,
  env: {
    PATH: await pathWithPostgresClient(),
    HOME: folder,
    MIGRATION_DATABASE_URL: ownerUrl,
    DATABASE_URL: gatewayUrl,
    APP_ROLE_PASSWORD: appRolePassword,
  },
})

/** The commands of the page, with the dump in a folder of the test's own. */
const commands = () =>
  documentedCommands('Back up and restore').map((code) =>
    code.replaceAll('dashgate.dump', join(folder, 'dashgate.dump')),
  )

async function save(one: Visitor, name: string, value: object) {
  const { csrfToken } = JSON.parse((await one.script('/session')).text) as { csrfToken: string }
  return one.script(`/api/preferences/${slug}/${name}`, {
    method: 'PUT',
    body: JSON.stringify({ value }),
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
  })
}

/** On another server, which has nothing but an owner of the same name. */
async function emptyDatabase(): Promise<string> {
  const { username, password } = new URL(stack.databaseUrl)
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  await sql.unsafe(`create role ${username} superuser login password '${password}'`)
  await sql.end()
  await createDatabase(server.url(), 'dashgate')
  return urlOf(server.url(), 'dashgate', username, password)
}

/** One filter after the other, no faster than one user may. */
async function keepSaving(writer: Visitor, signal: AbortSignal): Promise<number> {
  let count = 0
  while (!signal.aborted) {
    const { status } = await save(writer, 'count', { count })
    if (status < 300) count += 1
    await wait(1_000)
  }
  return count
}

/** The same person, at the gateway of the restored stack. */
function at(via: string, one: Visitor): Visitor {
  const there = new Visitor(one.publicUrl)
  for (const name of one.cookies.names) there.cookies.set(name, one.cookies.get(name) ?? '')
  there.via = via
  return there
}

const saved = async (one: Visitor, name: string) =>
  (await one.script(`/api/preferences/${slug}/${name}`)).text

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-backup-'))
  app = await startEchoApp()
  server = await startPostgres()
  before = await startGateways(2, { environment, logs: stack.logs })
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Saved', appUrl: app.url })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug })
  undo.push(() => operate('DELETE', `/admin/tenants/acme-corp/dashboards/${slug}`))
}, 180_000)

afterAll(async () => {
  for (const step of undo.toReversed()) await step()
  await after?.stop()
  await before?.stop()
  await server?.stop()
  await app?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a backup taken while people sign in, open dashboards and save filters', () => {
  it('restores to a stack with a whole audit log, where all of them go on working', async () => {
    const replicas = before.replicas.map(({ url }) => url)
    const visitors = [0, 1].map((turn) => new RovingVisitor(stack.publicUrl, replicas, turn))
    for (const one of visitors) await one.signIn('viewer@acme.test')
    const first = visitors[0] as Visitor
    await eventually(
      () => first.ask(base, { headers: asFrame }),
      ({ status }) => status === 200,
    )
    expect((await save(first, 'mine', { line: 'home' })).status).toBeLessThan(300)

    // Writing and signing in before, while and after the backup is taken.
    const load = await startLoad({
      publicUrl: stack.publicUrl,
      replicas,
      visitors,
      newcomers: ['viewer@acme.test'],
      dashboardPath: base,
    })
    const writing = new AbortController()
    const writer = new RovingVisitor(stack.publicUrl, replicas)
    await writer.signIn('viewer@acme.test')
    const written = keepSaving(writer, writing.signal)
    const [back = '', restore = ''] = commands()
    try {
      await load.goesOn({ requests: 60, signIns: 2 })
      await runBlock(back, await shell(stack.databaseUrl, stack.appDatabaseUrl))
      await load.goesOn({ requests: 60, signIns: 2 })
    } finally {
      writing.abort()
      await load.stop()
    }
    expect(await written).toBeGreaterThan(0)
    expect(load.failures).toEqual([])

    const ownerUrl = await emptyDatabase()
    const gatewayUrl = urlOf(ownerUrl, 'dashgate', 'dashgate_gateway', appRolePassword)
    const restored = await shell(ownerUrl, gatewayUrl)
    expect(await runBlock(restore, restored)).toMatch(/The audit log is whole: [1-9]\d* lines/)

    // What the backup has of each table that is only added to: a beginning of what is there now.
    const source = owner()
    const copy = postgres(ownerUrl, { max: 1, onnotice: () => {} })
    undo.push(
      () => source.end(),
      () => copy.end(),
    )
    const linesOf = (sql: postgres.Sql, upTo: number) =>
      sql`select id, hash from audit_logs where id <= ${upTo} order by id`
    const last = (await copy`select max(id)::int as id from audit_logs`)[0]?.['id'] as number
    expect([...(await linesOf(copy, last))]).toEqual([...(await linesOf(source, last))])

    after = await startGateways(1, {
      environment: { ...environment, DATABASE_URL: gatewayUrl },
      logs: stack.logs,
    })
    const via = after.replicas[0]?.url ?? ''
    for (const one of visitors) {
      const there = at(via, one)
      expect((await there.ask(base, { headers: asFrame })).status).toBe(200)
      expect(JSON.parse(await saved(there, 'mine'))).toMatchObject({ value: { line: 'home' } })
      expect((await save(there, 'new', { line: 'auto' })).status).toBeLessThan(300)
    }
    // The refresh token opens with the restored keys, and the provider takes it.
    await copy`update sessions set access_expires_at = now() where revoked_at is null`
    expect((await at(via, writer).ask(base, { headers: asFrame })).status).toBe(200)
    const refreshed = await eventually(
      () => copy`select 1 from sessions where access_expires_at > now() + interval '1 minute'`,
      ({ length }) => length > 0,
    )
    expect(refreshed.length).toBeGreaterThan(0)

    const verify = 'npm run --silent audit:verify'
    expect(await runBlock(verify, restored)).toMatch(/The audit log is whole/)
    const added = (await copy`select max(id)::int as id from audit_logs`)[0]?.['id'] as number
    expect(added).toBeGreaterThan(last)
    process.stdout.write(
      `A backup under load: ${load.figures.requests} requests, ${load.figures.signIns} sign-ins; ` +
        `${last} audit lines restored, ${added - last} more written after it.\n`,
    )
  })
})
