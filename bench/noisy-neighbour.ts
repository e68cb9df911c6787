/**
 * `npm run bench:fairness`: how much slower one tenant's requests get while another's come as fast as
 * the gateway takes them. Prints the p99 of the quiet tenant alone and beside the flood, and their
 * ratio (median of the rounds); ends with 1 where that is over 1.5.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { startStack } from '../dev/stack.ts'
import { startGateways } from '../gateway/test/support/replicas.ts'
import { asScript, Visitor } from '../gateway/test/support/visitor.ts'
import { assignTo } from './assign.ts'
import { startBusyApp } from './busy-app.ts'
import { median, percentile } from './percentile.ts'

const rounds = 5
/** Alone and beside in turns, and short ones: what else the machine does then meets both alike. */
const turnsPerRound = 8
const turnMs = 1500
/** Until the flood has filled what it can fill. */
const floodMs = 300
/** People of the quiet tenant, each with a click every so often. */
const quietPeople = 6
const pauseMs = 25
/** Connections of the flood, each with its next request as soon as it has an answer. */
const floodConnections = 64
const threads = 16
/** What a callback takes that reads a dataset and draws it. */
const workMs = 200
const most = 1.5

/** The gateway's defaults, but for what depends on how many threads the app has. */
const sizes = {
  APP_REQUESTS_AT_ONCE: String(threads),
  TENANT_REQUESTS_AT_ONCE: String(threads / 2),
}
/** The demo's are so high that nothing would be limited. */
const raisedInDemo =
  /^(?:(?:TENANT|USER)_(?:REQUESTS_PER_MINUTE|REQUESTS_AT_ONCE|STREAMS)|APP_REQUESTS_AT_ONCE)$/

const path = '/dashboard/busy-app/_dash-update-component'
const agent = new Agent({ connections: 128 })

/** One callback; resolves to the status and how long it took. */
async function click(one: Visitor): Promise<{ status: number; ms: number }> {
  const from = performance.now()
  const { statusCode, body } = await request(`${one.via}${path}`, {
    method: 'POST',
    dispatcher: agent,
    body: '{}',
    headers: {
      ...asScript,
      host: new URL(one.publicUrl).host,
      origin: one.publicUrl,
      'content-type': 'application/json',
      cookie: one.cookies.header,
    },
  })
  await body.dump()
  return { status: statusCode, ms: performance.now() - from }
}

/** Goes on with one thing until it is aborted. */
async function keep(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) await work()
}

/** How long the requests of the quiet tenant take, for a turn. */
async function measure(one: Visitor, taken: number[]): Promise<void> {
  const ending = AbortSignal.timeout(turnMs)
  const person = () =>
    keep(ending, async () => {
      const { status, ms } = await click(one)
      if (status !== 200) throw new Error(`The quiet tenant was answered ${status}`)
      taken.push(ms)
      await wait(pauseMs)
    })
  await Promise.all(Array.from({ length: quietPeople }, person))
}

function flood(one: Visitor, statuses: Map<number, number>) {
  const ending = new AbortController()
  const connection = () =>
    keep(ending.signal, async () => {
      const { status } = await click(one)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    })
  const running = Promise.all(Array.from({ length: floodConnections }, connection))
  return async () => {
    ending.abort()
    await running
  }
}

async function run(quiet: Visitor, loud: Visitor): Promise<number> {
  const ratios: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const taken: { alone: number[]; beside: number[] } = { alone: [], beside: [] }
    const statuses = new Map<number, number>()
    for (let turn = 0; turn < turnsPerRound; turn += 1) {
      await measure(quiet, taken.alone)
      const stopFlood = flood(loud, statuses)
      await wait(floodMs)
      await measure(quiet, taken.beside)
      await stopFlood()
    }
    const alone = percentile(taken.alone, 0.99)
    const beside = percentile(taken.beside, 0.99)
    const answers = Object.fromEntries(statuses)
    ratios.push(beside / alone)
    process.stdout.write(
      `round ${round}: p99 alone ${alone.toFixed(1)} ms, beside the flood ${beside.toFixed(1)} ms, ratio ${(beside / alone).toFixed(2)}; the flood was answered ${JSON.stringify(answers)}\n`,
    )
  }
  return median(ratios)
}

const directory = await mkdtemp(join(tmpdir(), 'dashgate-bench-'))
const app = await startBusyApp(threads, workMs)
const stack = await startStack({ directory })
const environment = Object.fromEntries(
  Object.entries(stack.gatewayEnvironment).filter(([name]) => !raisedInDemo.test(name)),
)
const gateways = await startGateways(1, {
  environment: { ...environment, ...sizes },
  logs: stack.info.logs,
})
try {
  await assignTo(stack.info, 'busy-app', app.url, ['acme-corp', 'globex'])
  const people = ['viewer@globex.test', 'viewer@acme.test'].map(async (login) => {
    const one = new Visitor(stack.info.publicUrl)
    await one.signIn(login)
    one.via = gateways.replicas[0]?.url
    while ((await click(one)).status !== 200) await wait(50)
    return one
  })
  const [quiet, loud] = (await Promise.all(people)) as [Visitor, Visitor]
  const ratio = await run(quiet, loud)
  process.stdout.write(`median ratio ${ratio.toFixed(2)} (at most ${most})\n`)
  process.exitCode = ratio <= most ? 0 : 1
} finally {
  await gateways.stop()
  await stack.stop()
  await app.stop()
  await agent.close()
  await rm(directory, { recursive: true, force: true })
}
