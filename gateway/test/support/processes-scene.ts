import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client } from 'undici'
import { inject } from 'vitest'
import { freePorts } from '../../../dev/ports.ts'
import { isAlive } from '../../../dev/process-group.ts'
import { assign } from './assigned.ts'
import { startGateways, type Replica } from './replicas.ts'
import { until } from './rotation-scene.ts'
import { eventually, stack } from './stack.ts'
import { asScript, type Visitor } from './visitor.ts'
import { startWatchingApp } from './watching-app.ts'

const slug = 'shared'
const tenant = 'acme-corp'
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The processes that said in a log that they are ready, the first ones first. */
const readyPids = (log: string): number[] =>
  [...log.matchAll(/"message":"ready"[^\n]*?"pid":(\d+)|"pid":(\d+)[^\n]*?"message":"ready"/g)].map(
    ([, one, other]) => Number(one ?? other),
  )

/** A gateway of two processes on the stack's database, and an app behind it that watches. */
export async function startProcessesScene() {
  const app = await startWatchingApp()
  const gateways = await startGateways(1, {
    environment: { ...inject('gatewayEnvironment'), GATEWAY_PROCESSES: '2' },
    logs: stack.logs,
  })
  const replica = gateways.replicas[0] as Replica
  const unassign = await assign(slug, app.url, [tenant])
  const clients: Client[] = []
  const ops = async (path: string) => (await fetch(replica.opsUrl + path)).text()

  /** One connection, which one of the processes has. */
  function connection() {
    const client = new Client(replica.url)
    clients.push(client)
    return {
      async ask(one: Visitor, path: string) {
        const headers = { ...asScript, host: new URL(stack.publicUrl).host }
        const { cookie } = { cookie: one.cookies.header }
        const { statusCode, body } = await client.request({
          method: 'GET',
          path,
          headers: { ...headers, cookie },
        })
        return { status: statusCode, body }
      },
    }
  }

  return {
    app,
    ops,
    connection,
    path: (rest: string) => `/dashboard/${slug}/${rest}`,
    /** Those that have been ready so far. */
    pids: async () => readyPids(await replica.log()),
    log: () => replica.log(),

    /** What they have counted so far of requests for the app. */
    async counted(): Promise<number> {
      const lines = (await ops('/metrics')).matchAll(
        new RegExp(`^dashgate_http_requests_total\\{[^}]*dashboard="${slug}"[^}]*\\} (\\d+)`, 'gm'),
      )
      return [...lines].reduce((sum, [, count]) => sum + Number(count), 0)
    },

    /** Asks over a connection of its own, and then hangs up. */
    async askOnce(one: Visitor, path: string): Promise<number> {
      const { status, body } = await connection().ask(one, path)
      await body.dump()
      return status
    },

    /** Begins an answer that does not end, on a connection of its own; tells when it did end. */
    async hold(one: Visitor, name: string) {
      const { status, body } = await connection().ask(
        one,
        `/dashboard/${slug}/_dash-layout?hold=${name}`,
      )
      if (status !== 200) throw new Error(`refused with ${status}`)
      let hasEnded = false
      body
        .on('error', () => (hasEnded = true))
        .on('close', () => (hasEnded = true))
        .resume()
      await eventually(
        async () => app.last(name),
        (found) => found !== undefined,
      )
      return { hasEnded: () => hasEnded }
    },

    async stop(): Promise<void> {
      await Promise.all(clients.map((client) => client.destroy()))
      await unassign()
      await gateways.stop()
      await app.stop()
    },
  }
}

/** One more gateway of two processes, whose end is watched; nobody cleans up after it. */
export async function startBareGateway(environment: Readonly<Record<string, string>> = {}) {
  const { dash: ports } = await freePorts(4)
  const [publicPort, internal, admin, ops] = ports
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...inject('gatewayEnvironment'),
      GATEWAY_PROCESSES: '2',
      PUBLIC_LISTEN: `127.0.0.1:${publicPort}`,
      INTERNAL_LISTEN: `127.0.0.1:${internal}`,
      ADMIN_LISTEN: `127.0.0.1:${admin}`,
      OPS_LISTEN: `127.0.0.1:${ops}`,
      ...environment,
    },
  })
  let log = ''
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const pids = () => readyPids(log)
  return {
    child,
    exited,
    pids,
    log: () => log,
    /** On a busy machine a start takes its time. */
    ready: () =>
      until(() =>
        fetch(`http://127.0.0.1:${ops}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      ),
    alive: () => pids().filter(isAlive),
    [Symbol.dispose]() {
      child.kill('SIGKILL')
      for (const pid of pids().filter(isAlive)) process.kill(pid, 'SIGKILL')
    },
  }
}

export type ProcessesScene = Awaited<ReturnType<typeof startProcessesScene>>
