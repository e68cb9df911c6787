import { expect, inject } from 'vitest'
import { assign } from './assigned.ts'
import { startEndlessApp } from './endless-app.ts'
import { openIdleSockets } from './idle-sockets.ts'
import { measuredAt, type Measured } from './measured.ts'
import { startGateways, type Replica } from './replicas.ts'
import { eventually, operate, signedIn, stack } from './stack.ts'

const slug = 'idle-app'
const people = { 'acme-corp': 'viewer@acme.test', globex: 'viewer@globex.test' } as const

/**
 * A gateway with hardly more descriptors than so many sockets need, and an app that never closes one.
 *
 * @param total of two people of two tenants, half each
 */
export async function startIdleScene(total: number) {
  const perPerson = Math.floor(total / 2)
  const app = await startEndlessApp()
  const unassign = await assign(slug, app.url, Object.keys(people))
  const gateways = await startGateways(1, {
    environment: inject('gatewayEnvironment'),
    logs: stack.logs,
    shell: () => `ulimit -n ${2 * total + 200}`,
  })
  const { url, opsUrl } = gateways.replicas[0] as Replica

  const until = (holds: (now: Measured) => boolean) =>
    expect
      .poll(async () => holds(await measuredAt(opsUrl)), { timeout: 120_000, interval: 200 })
      .toBe(true)

  /** Somebody at that gateway, with half of the sockets open. */
  async function withSockets(email: string) {
    const one = await signedIn(email)
    await eventually(
      () => one.script(`/dashboard/${slug}/_dash-layout`),
      ({ status }) => status === 200,
    )
    one.via = url
    const sockets = await openIdleSockets({
      url,
      path: `/dashboard/${slug}/_dash-ws-callback`,
      cookie: one.cookies.header,
      count: perPerson,
    })
    return { one, sockets }
  }

  return {
    /** Opens all, revokes one person's, closes the other's, and looks at what is left each time. */
    async tell(): Promise<void> {
      const before = await measuredAt(opsUrl)
      const acme = await withSockets(people['acme-corp'])
      const globex = await withSockets(people.globex)
      await until(
        (now) =>
          now.webSocketsOf('acme-corp') === perPerson && now.webSocketsOf('globex') === perPerson,
      )
      const open = await measuredAt(opsUrl)
      const kilobytes = (open.bytes - before.bytes) / 1000 / (2 * perPerson)
      const descriptors = (open.descriptors - before.descriptors) / (2 * perPerson)
      process.stdout.write(
        `${2 * perPerson} idle WebSockets: ${kilobytes.toFixed(1)} kB and ${descriptors.toFixed(2)} descriptors each.\n`,
      )
      // What is budgeted: ten thousand in a gigabyte. Of a few hundred the rest of the process is more.
      if (total >= 1000) expect(kilobytes).toBeLessThan(100)
      expect((await globex.one.script(`/dashboard/${slug}/_dash-layout`)).status).toBe(200)

      const { user } = JSON.parse((await acme.one.script('/session')).text) as {
        user: { sub: string }
      }
      const from = performance.now()
      await operate('POST', '/admin/sessions/revoke', { sub: user.sub })
      await until((now) => now.webSocketsOf('acme-corp') === 0)
      process.stdout.write(
        `${perPerson} of them were closed within ${(performance.now() - from).toFixed(0)} ms.\n`,
      )
      await expect.poll(() => acme.sockets.codes.length, { timeout: 60_000 }).toBe(perPerson)
      expect(new Set(acme.sockets.codes)).toEqual(new Set([4001]))
      expect([globex.sockets.open(), globex.sockets.codes.length]).toEqual([perPerson, 0])
      expect((await globex.one.script('/session')).status).toBe(200)

      globex.sockets.close()
      await until(
        (now) => now.webSocketsOf('globex') === 0 && now.descriptors < before.descriptors + 60,
      )
    },

    async stop(): Promise<void> {
      await unassign()
      await gateways.stop()
      await app.stop()
    },
  }
}
