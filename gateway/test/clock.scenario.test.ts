import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { assign } from './support/assigned.ts'
import { startGateways, type Gateways, type Replica } from './support/replicas.ts'
import { eventually, owner, signedIn, stack } from './support/stack.ts'
import { Visitor } from './support/visitor.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const layout = '/dashboard/loss-development/_dash-layout'
const silent = 'silent-app'

let directory: string
let gateways: Gateways
let app: Awaited<ReturnType<typeof httpServer>>
let unassign: () => Promise<void>
const sql = owner()

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashgate-clock-'))
  gateways = await startGateways(1, {
    environment: {
      ...inject('gatewayEnvironment'),
      UPSTREAM_TIMEOUT_SECONDS: '1',
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'support', 'meddling.ts')).href}`,
      MEDDLE: 'the clock',
      MEDDLE_CLOCK: join(directory, 'ahead'),
    },
    logs: stack.logs,
  })
  app = await httpServer(() => {})
  unassign = await assign(silent, app.url)
}, 120_000)

afterEach(() => setClock(0))

afterAll(async () => {
  await unassign?.()
  await app?.[Symbol.asyncDispose]()
  await gateways?.stop()
  await rm(directory, { recursive: true, force: true })
  await sql.end()
})

const replica = () => gateways.replicas[0] as Replica

/** Sets the clock of the gateway's machine so far ahead of the others'. */
async function setClock(aheadMs: number): Promise<void> {
  await writeFile(join(directory, 'ahead'), String(aheadMs))
  const before = (await replica().log()).length
  replica().part.signal('SIGUSR2')
  await eventually(
    () => replica().log(),
    (log) => log.slice(before).includes(`${aheadMs} ms ahead`),
  )
}

/** The same person at the gateway whose clock is set. */
function there(one: Visitor): Visitor {
  const copy = new Visitor(one.publicUrl)
  for (const name of one.cookies.names) copy.cookies.set(name, one.cookies.get(name) ?? '')
  copy.via = replica().url
  return copy
}

const secondsLeft = async (one: Visitor) =>
  (JSON.parse((await one.script('/session')).text) as { secondsLeft: number }).secondsLeft

describe('X11: when the clock of a gateway is set', () => {
  it.each([
    ['a minute ahead', minute],
    ['an hour ahead', hour],
    ['an hour back', -hour],
    ['two days ahead', 2 * day],
    ['two days back', -2 * day],
  ])('%s, nobody who is at work there is signed out, or stays longer', async (_, ahead) => {
    const one = await signedIn('viewer@acme.test')
    const known = there(one)
    expect((await known.script('/session')).status).toBe(200)
    await setClock(ahead)
    expect((await known.script('/session')).status).toBe(200)
    // Both read it by the same clock; the jump would show in minutes.
    expect(Math.abs((await secondsLeft(known)) - (await secondsLeft(one)))).toBeLessThan(30)
    // With a new tenant token, which the app checks by its own clock.
    expect((await known.script(layout)).status).toBe(200)
    expect((await known.script(layout)).text).not.toContain('cannot be shown')
  })

  it.each([
    ['a minute ahead', minute],
    ['an hour ahead', hour],
    ['an hour back', -hour],
    ['two days back', -2 * day],
  ])('%s, who comes to it from another gateway is let in', async (_, ahead) => {
    await setClock(ahead)
    const one = there(await signedIn('viewer@acme.test'))
    expect((await one.script(layout)).status).toBe(200)
  })

  it('two days ahead, cookies that it does not know have ended there, and nothing else has', async () => {
    await setClock(2 * day)
    const one = await signedIn('viewer@acme.test')
    const copy = there(one)
    expect((await copy.script('/session')).status).toBe(401)
    expect((await one.script('/session')).status).toBe(200)
    await setClock(0)
    expect((await copy.script('/session')).status).toBe(200)
  })

  it.each([
    ['an hour back', -hour],
    ['two days back', -2 * day],
  ])('%s, a session ends when it would have', async (_, ahead) => {
    const one = there(await signedIn('viewer@globex.test'))
    // The newest row is the one that was just made.
    await sql`
      update sessions set idle_expires_at = now() + interval '2 seconds'
      where id_hash = (select id_hash from sessions order by signed_in_at desc limit 1)`
    expect((await one.script('/session')).status).toBe(200)
    await setClock(ahead)
    const answer = await eventually(
      () => one.script('/session'),
      ({ status }) => status === 401,
    )
    expect(answer.status).toBe(401)
  })

  it.each([
    ['an hour ahead', hour],
    ['two days back', -2 * day],
  ])('%s, its timers go on, and so do revocations', async (_, ahead) => {
    const one = await signedIn('viewer@acme.test')
    const known = there(one)
    expect((await known.script('/session')).status).toBe(200)
    await setClock(ahead)
    expect((await known.script(`/dashboard/${silent}/_dash-layout`)).status).toBe(504)
    await one.submit('/logout', {})
    const answer = await eventually(
      () => known.script('/session'),
      ({ status }) => status === 401,
    )
    expect(answer.status).toBe(401)
  })
})
