import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, get, request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { assign } from './support/assigned.ts'
import { startEndlessApp } from './support/endless-app.ts'
import { startGateways, type Gateways, type Replica } from './support/replicas.ts'
import { eventually, owner, staffFor, stack } from './support/stack.ts'
import { asScript, Visitor } from './support/visitor.ts'

const slug = 'ending-app'
const base = `/dashboard/${slug}`
const tenants = ['acme-corp', 'globex', 'initech'] as const

let gateways: Gateways
let app: Awaited<ReturnType<typeof startEndlessApp>>
let unassign: () => Promise<void>
const sql = owner()

beforeAll(async () => {
  app = await startEndlessApp()
  gateways = await startGateways(2, { environment: inject('gatewayEnvironment'), logs: stack.logs })
  unassign = await assign(slug, app.url, tenants)
}, 120_000)

afterAll(async () => {
  await unassign?.()
  await gateways?.stop()
  await app?.stop()
  await sql.end()
})

const replica = (index: number) => gateways.replicas[index] as Replica

/** The same person at one of the replicas, as a load balancer sends them. */
function at(index: number, one: Visitor): Visitor {
  const copy = new Visitor(one.publicUrl)
  for (const name of one.cookies.names) copy.cookies.set(name, one.cookies.get(name) ?? '')
  copy.via = replica(index).url
  return copy
}

const { host } = new URL(stack.publicUrl)

/** A WebSocket at a replica; the answer waits for its end and tells the close code. */
async function openSocket(index: number, cookie: string): Promise<() => Promise<number>> {
  const handshake = httpRequest(`${replica(index).url}${base}/_dash-ws-callback`, {
    headers: {
      host,
      cookie,
      origin: stack.publicUrl,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  }).end()
  const socket = await new Promise<Duplex>((resolve, reject) => {
    handshake.on('upgrade', (_, upgraded) => resolve(upgraded)).on('error', reject)
    handshake.on('response', ({ statusCode }) => reject(new Error(`refused with ${statusCode}`)))
  })
  let code = 1006
  socket.on('error', () => {})
  socket.on('data', (frame: Buffer) => {
    if (frame[0] === 0x88) code = frame.readUInt16BE(2)
    socket.end()
  })
  const closed = once(socket, 'close')
  return async () => {
    await closed
    return code
  }
}

const liveSessions = async () =>
  (
    await sql`
    select count(*)::int as count from sessions
    where revoked_at is null and email = 'actuary@kyros.test'`
  )[0]?.['count'] as number

describe('X8: a replica that is killed', () => {
  // Before it has read the requests, in the middle of them, and when it has answered most.
  it.each([0, 4, 15, 40])(
    'in the middle of its work, after %i ms, leaves whole sessions, good at the other one',
    async (afterMs) => {
      await sql`update sessions set revoked_at = now(), revoked_reason = 'test' where revoked_at is null and email = 'actuary@kyros.test'`
      const people: Visitor[] = []
      for (let count = 0; count < 6; count += 1) people.push(at(0, await staffFor('acme-corp')))
      const watcher = await staffFor('acme-corp')
      const socketEnds = await openSocket(0, watcher.cookies.header)
      expect(await liveSessions()).toBe(people.length + 1)

      const switches = people.map((one) =>
        one.submit('/tenant', { tenant: 'globex', return_to: '/' }).then(
          ({ status }) => status,
          () => 'cut off' as const,
        ),
      )
      await wait(afterMs)
      await replica(0).part.kill()
      const outcomes = await Promise.all(switches)

      expect(await socketEnds()).toBe(1006)
      // Each was replaced as a whole or not at all: none has two sessions, and none was lost.
      expect(await liveSessions()).toBe(people.length + 1)
      for (const [index, one] of people.entries()) {
        const answer = await at(1, one).script('/session')
        if (outcomes[index] === 303) {
          expect(JSON.parse(answer.text)).toMatchObject({ activeTenant: 'globex' })
        } else {
          // Whoever got no answer has the old session, or one that only the answer would have told of.
          expect([200, 401]).toContain(answer.status)
        }
      }
      // The socket comes back at the other one, with the same cookie.
      await openSocket(1, watcher.cookies.header)
      await replica(0).part.start()
      expect((await at(0, watcher).script(`${base}/_dash-layout`)).status).toBe(200)
    },
    60_000,
  )
})

describe('X9: a replica that is asked to stop', () => {
  it('lets go of idle connections, ends sockets so that they come back, finishes what it began, and takes nothing new', async () => {
    const one = at(0, await staffFor('acme-corp'))
    await eventually(
      () => one.script(`${base}/_dash-layout`),
      ({ status }) => status === 200,
    )
    const socketEnds = await openSocket(0, one.cookies.header)
    const agent = new Agent({ keepAlive: true })
    const headers = { ...asScript, host, cookie: one.cookies.header }
    const idle = await new Promise<string>((resolve, reject) => {
      get(`${replica(0).url}/session`, { agent, headers }, (response) => resolve(text(response))).on('error', reject) // prettier-ignore
    })
    expect(idle).toContain('actuary@kyros.test')
    const { part } = replica(0)
    const crashes = gateways.crashes.length
    const begun = Array.from({ length: 20 }, () => one.script(`${base}/_dash-layout`))
    const stopped = part.stop()
    const statuses = (await Promise.all(begun.map((answer) => answer.then(({ status }) => status, () => 0)))) // prettier-ignore
    // Each was answered whole, or never begun.
    expect(statuses.filter((status) => status !== 200 && status !== 0)).toEqual([])
    expect(await socketEnds()).toBe(1001)
    await stopped
    expect(await replica(0).log()).toMatch(/"message":"stopping"/)
    expect(gateways.crashes.length).toBe(crashes)
    await expect(one.script('/session')).rejects.toThrow()
    agent.destroy()
    // Nothing was lost: the other one goes on with the same session.
    expect((await at(1, one).script('/session')).status).toBe(200)
    await openSocket(1, one.cookies.header)
    await part.start()
  }, 60_000)
})
