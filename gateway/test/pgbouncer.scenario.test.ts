import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startPgBouncer, type PgBouncer } from '../test-support/pgbouncer.ts'
import { recordStory, type StoryRecording } from '../test-support/release-recording.ts'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, operate, owner, signedIn, stack } from './support/stack.ts'
import { asFrame } from './support/visitor.ts'

/** Everything that a gateway does, once, with two gateways on three server connections. */
let story: StoryRecording

beforeAll(async () => {
  story = await recordStory({ poolSize: 3 })
}, 120_000)

describe('two gateways behind PgBouncer in transaction mode', () => {
  it('do all that they do: sign in, open, save, switch, refresh, manage, rotate, sign out', () => {
    expect(story.unused, 'the story of test/support/release-story.ts uses each right').toEqual([])
  })

  it('say nothing that would stay behind on a connection, and prepare nothing', () => {
    const lasting =
      /^\s*(set|reset|prepare|deallocate|declare|listen|unlisten|discard|load)\b|pg_advisory_lock\(|temp/i
    const statements = [...new Set(story.transactions.flat().map(({ sql }) => sql))]

    expect(statements.length).toBeGreaterThan(30)
    expect(statements.filter((sql) => lasting.test(sql))).toEqual([])
    expect(story.transactions.flat().filter(({ isNamed }) => isNamed)).toEqual([])
  })

  it('hear of changes past it, and report no error', () => {
    expect(story.log).toMatch(/"ready"/)
    expect(story.log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})

describe('a gateway whose notifications are lost in a pooler, since nobody set DATABASE_LISTEN_URL', () => {
  let pooler: PgBouncer
  let gateways: Gateways
  const url = () => gateways.replicas[0]?.url

  beforeAll(async () => {
    const { appDatabaseUrl } = stack
    pooler = await startPgBouncer({ server: appDatabaseUrl, roles: [appDatabaseUrl], poolSize: 2 })
    gateways = await startGateways(1, {
      environment: {
        ...inject('gatewayEnvironment'),
        DATABASE_URL: pooler.through(appDatabaseUrl),
        // A database that does not answer would leave sessions as they are for so long; this one does.
        REVOCATION_GRACE_SECONDS: '3600',
      },
      logs: stack.logs,
    })
  }, 120_000)

  afterAll(async () => {
    await gateways?.stop()
    await pooler?.stop()
  })

  it('says so, once, and names the setting', async () => {
    const log = (await gateways.replicas[0]?.log()) ?? ''
    const told = log.split('\n').filter((line) => line.includes('DATABASE_LISTEN_URL'))

    expect(told).toHaveLength(1)
    expect(told[0]).toContain('"level":"error"')
    const ready = await fetch(`${gateways.replicas[0]?.opsUrl}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([
      200,
      'ok, but: notifications of the database do not arrive\n',
    ])
  })

  it('refuses with the very next request a session that was revoked behind its back', async () => {
    const globex = await signedIn('viewer@globex.test')
    globex.via = url()
    expect((await globex.script('/session')).status).toBe(200)
    // As another replica would do it, but with no trigger to tell of it.
    const sql = owner()
    await sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`update sessions set revoked_at = now() where email = 'viewer@globex.test'`
    })
    await sql.end()

    expect((await globex.script('/session')).status).toBe(401)
  })

  it('takes up changes of metadata all the same', async () => {
    const acme = await signedIn('viewer@acme.test')
    acme.via = url()
    const opened = async () =>
      (await acme.ask('/dashboard/claims-monitor/', { headers: asFrame })).status
    expect(await opened()).toBe(200)

    const slug = 'claims-monitor'
    await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug, enabled: false })
    expect(await eventually(opened, (status) => status === 404)).toBe(404)
    await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug, position: 2 })
    expect(await eventually(opened, (status) => status === 200)).toBe(200)
  })
})
