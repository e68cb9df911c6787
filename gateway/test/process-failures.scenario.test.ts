import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startGateways, type Gateways, type Replica } from './support/replicas.ts'
import { eventually, signedIn, stack } from './support/stack.ts'
import { Visitor } from './support/visitor.ts'

/** What each gateway of this file has to live with. */
const troubles = {
  'a log that nobody reads': { shell: 'exec > >(exec sleep infinity)' },
  'a log whose reader has gone': { shell: 'exec > >(exec true)' },
  'a full disk': { shell: 'exec > /dev/full' },
  'few descriptors': { shell: 'ulimit -n 96' },
  'a rejection that nobody handles': { meddling: true },
  'an exception that nobody catches': { meddling: true },
} satisfies Record<string, { shell?: string; meddling?: boolean }>
type Trouble = keyof typeof troubles
const names = Object.keys(troubles) as Trouble[]

const meddling = pathToFileURL(join(import.meta.dirname, 'support', 'meddling.ts')).href

let gateways: Gateways
let acme: Visitor

beforeAll(async () => {
  const settings = Object.entries<{ shell?: string; meddling?: boolean }>(troubles)
  gateways = await startGateways(settings.length, {
    environment: inject('gatewayEnvironment'),
    logs: stack.logs,
    shell: (index) => settings[index]?.[1].shell,
    override: (index) => {
      const [name = '', trouble] = settings[index] ?? []
      return trouble?.meddling ? { NODE_OPTIONS: `--import=${meddling}`, MEDDLE: name } : {}
    },
  })
  acme = await signedIn('viewer@acme.test')
}, 120_000)

afterAll(() => gateways?.stop())

const withTrouble = (name: Trouble) => gateways.replicas[names.indexOf(name)] as Replica

/** The viewer at the gateway that has this trouble. */
function at(name: Trouble): Visitor {
  const copy = new Visitor(acme.publicUrl)
  for (const cookie of acme.cookies.names) copy.cookies.set(cookie, acme.cookies.get(cookie) ?? '')
  copy.via = withTrouble(name).url
  return copy
}

async function droppedLines(name: Trouble): Promise<number> {
  const metrics = await (await fetch(`${withTrouble(name).opsUrl}/metrics`)).text()
  return Number(/^dashgate_log_lines_dropped_total\{sink="stdout"\} (\d+)/m.exec(metrics)?.[1])
}

describe('X7, X20: a log that cannot be written', () => {
  it('that nobody reads holds no request up; what is too much is left out and counted', async () => {
    const name = 'a log that nobody reads'
    const one = at(name)
    // Each is a line of seven kilobytes: more than the pipe and our memory for it hold.
    const path = `/assets/${'x'.repeat(7000)}`
    for (let round = 0; round < 100; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => one.script(path)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 404))
    }
    expect(await droppedLines(name)).toBeGreaterThan(0)
    expect((await one.script('/session')).status).toBe(200)
  }, 60_000)

  it.each<Trouble>(['a log whose reader has gone', 'a full disk'])(
    'of %s ends no process; each lost line is counted',
    async (name) => {
      expect((await at(name).script('/session')).status).toBe(200)
      const before = await droppedLines(name)
      expect((await at(name).script('/session')).status).toBe(200)
      const after = await eventually(
        () => droppedLines(name),
        (count) => count > before,
      )
      expect(after).toBeGreaterThan(before)
    },
  )
})

describe('X20: no descriptors left', () => {
  it('turns new connections away, and takes them again as soon as there are some', async () => {
    const name = 'few descriptors'
    const { url } = withTrouble(name)
    const port = Number(new URL(url).port)
    const turnedAway: Promise<void>[] = []
    const sockets: Socket[] = Array.from({ length: 200 }, () => {
      const socket = connect(port, '127.0.0.1')
      turnedAway.push(new Promise((resolve) => socket.on('error', () => {}).on('close', () => resolve()))) // prettier-ignore
      return socket
    })
    await Promise.any(turnedAway)
    for (const socket of sockets) socket.destroy()
    const answer = await eventually(
      () => at(name).script('/session').catch(() => undefined), // prettier-ignore
      (given) => given?.status === 200,
    )
    expect(answer?.status).toBe(200)
  }, 60_000)
})

describe('X20: an error that nobody caught', () => {
  const saying = (name: Trouble, text: string) =>
    eventually(
      () => withTrouble(name).log(),
      (log) => log.includes(text),
    )

  it('in a promise is logged, and the process goes on', async () => {
    const name = 'a rejection that nobody handles'
    const { part } = withTrouble(name)
    const { pid } = part
    part.signal('SIGUSR2')
    const log = await saying(name, 'meddled: rejected')
    expect(log).toMatch(/"level":"error","message":"unhandled rejection"/)
    expect((await at(name).script('/session')).status).toBe(200)
    expect(part.pid).toBe(pid)
  })

  it('anywhere else ends the process, with a last line that says why', async () => {
    const name = 'an exception that nobody catches'
    withTrouble(name).part.signal('SIGUSR2')
    const log = await saying(name, 'meddled: thrown')
    expect(log).toMatch(/"level":"error","message":"uncaught exception: the process ends"/)
    while (withTrouble(name).part.pid !== undefined) await wait(20)
    expect(gateways.crashes.map(({ message }) => message)).toEqual([
      expect.stringContaining('exit code 1'),
    ])
  })
})
