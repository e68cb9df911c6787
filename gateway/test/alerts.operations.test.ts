import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { canaryTenants } from '../../dev/canary.ts'
import { observe, type Observers } from '../../dev/observe.ts'
import { root } from '../../dev/paths.ts'
import { freePorts } from '../../dev/ports.ts'
import { startStack, type Stack } from '../../dev/stack.ts'
import { httpServer } from '../test-support/local-server.ts'
import { startLeakingApp } from './support/leaking-app.ts'
import { asScript, Visitor } from './support/visitor.ts'

/**
 * A drill: Prometheus itself watches a demo stack with the rules that operators get, for a clock that runs
 * 120 times as fast, and each thing is broken on purpose. The parts are harmed one after the other.
 */
const scale = 120
const leaky = 'leaking-app'

let directory: string
let stack: Stack
let observers: Observers
let node: Awaited<ReturnType<typeof httpServer>>
const auditFile = () => join(directory, 'dashgate_audit.prom')

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashgate-drill-'))
  stack = await startStack({ directory })
  // Stands for node_exporter, which would show the same file.
  node = await httpServer((_, response) => {
    readFile(auditFile(), 'utf8').then(
      (text) => response.setHeader('Content-Type', 'text/plain').end(text),
      () => response.end(),
    )
  })
  const [prometheus = 0, canary = 0, canaryApp = 0] = (await freePorts(3)).dash
  observers = await observe(stack, {
    directory,
    ports: { prometheus, canary, canaryApp },
    scale,
    canaryIntervalSeconds: 5,
    targets: { node: [`127.0.0.1:${node.port}`] },
  })
}, 240_000)

afterAll(async () => {
  await stack?.stop()
  await node?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

interface Answer<Data> {
  readonly data: Data
}

async function askPrometheus<Data>(path: string): Promise<Data> {
  const response = await fetch(`${observers.prometheusUrl}/api/v1/${path}`)
  return ((await response.json()) as Answer<Data>).data
}

const query = async (expr: string) =>
  (
    await askPrometheus<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    )
  ).result.map(({ value: [, value] }) => Number(value))

async function firing(): Promise<string[]> {
  const { alerts } = await askPrometheus<{
    alerts: { state: string; labels: { alertname: string } }[]
  }>('alerts')
  const names = alerts.filter(({ state }) => state === 'firing')
  return [...new Set(names.map(({ labels }) => labels.alertname))].toSorted()
}

/** As long as it takes; `meanwhile` is what people do in the meantime. */
const eventually = (
  check: () => Promise<void>,
  meanwhile: () => Promise<unknown> = async () => {},
) =>
  vi.waitFor(
    async () => {
      await meanwhile()
      await check()
    },
    { timeout: 240_000, interval: 500 },
  )

const expectFiring = (alerts: readonly string[], meanwhile?: () => Promise<unknown>) =>
  eventually(
    async () => expect(await firing()).toEqual(expect.arrayContaining([...alerts])),
    meanwhile,
  )

const verifyAudit = () =>
  promisify(execFile)(
    process.execPath,
    [join(root, 'gateway', 'src', 'audit', 'verify.ts'), '--metrics-file', auditFile()],
    { env: { DATABASE_URL: stack.info.appDatabaseUrl } },
  ).catch(() => undefined)

async function asOwner(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(stack.info.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}

describe('Prometheus, watching the demo stack', () => {
  it('reads every target, and nothing that pages somebody fires', async () => {
    await verifyAudit()
    await eventually(async () => {
      expect(await query('min(up)')).toEqual([1])
      expect(await query('sum(dashgate_canary_crossings)')).toEqual([0])
      expect(await query('dashgate_audit_chain_whole')).toEqual([1])
    })
    expect(await firing()).toEqual([])
  })

  it('tells of an app that is gone, for whom, and of the budget that it burns', async () => {
    const visitor = new Visitor(stack.info.publicUrl)
    await visitor.signIn('viewer@acme.test')
    const app = stack.parts.dashApps.get('loss-development')
    await app?.kill()
    const alerts = ['DashgateAppDown', 'DashgateDashboardFails', 'DashgateErrorBudgetBurnsFast']
    await expectFiring(alerts, () =>
      visitor.ask('/dashboard/loss-development/_dash-layout', { headers: asScript }),
    )
    await app?.start()
    await eventually(
      async () => expect(await firing()).not.toContain('DashgateAppDown'),
      () => visitor.ask('/dashboard/loss-development/_dash-layout', { headers: asScript }),
    )
  })

  it('T1: tells of an app that shows one tenant what it made for another', async () => {
    const app = await startLeakingApp()
    app.setLeak('kept layout')
    await asOwner(async (sql) => {
      await sql`insert into dashboards (slug, title, app_url) values (${leaky}, 'Leaking', ${app.url})`
      for (const { id } of canaryTenants) {
        await sql`insert into assignments (tenant_id, dashboard_slug, position) values (${id}, ${leaky}, 90)`
      }
    })
    await expectFiring(['DashgateIsolationBroken'])
    await asOwner((sql) => sql`delete from assignments where dashboard_slug = ${leaky}`)
    await app.stop()
  })

  it('tells of an audit log that its owner has changed', async () => {
    await asOwner(
      (sql) =>
        sql`update audit_logs set actor = 'somebody else' where id = (select min(id) from audit_logs)`,
    )
    await verifyAudit()
    await expectFiring(['DashgateAuditChainBroken'])
  })

  it('tells of a gateway that is gone', async () => {
    await stack.parts.gateway?.kill()
    await expectFiring(['DashgateDown'])
  })
})
