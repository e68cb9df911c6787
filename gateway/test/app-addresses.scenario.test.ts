import { afterAll, beforeAll, expect, it } from 'vitest'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { untilServed } from './support/assigned.ts'
import { operate, signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

const slug = 'twice-app'
const layout = `/dashboard/${slug}/_dash-layout`

/** An app that says where it runs, and can be killed and started again at the same address. */
function addressedApp() {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0
  return {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    async start(): Promise<void> {
      server = createServer((request, response) => {
        response.setHeader('content-type', 'application/json')
        request.resume().on('end', () => response.end(JSON.stringify({ port })))
      })
      server.on('connection', (socket) => sockets.add(socket))
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
      port = (server.address() as AddressInfo).port
    },
    async kill(): Promise<void> {
      const closed = new Promise((resolve) => server?.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const apps = [addressedApp(), addressedApp()] as const
let people: Visitor[]

/** A pause of an ejected address may double before it is over. */
const patience = { timeout: 60_000, interval: 100 }

/** Where each of them is served. */
const servedAt = () =>
  Promise.all(
    people.map(async (one) => {
      const { status, text } = await one.script(layout)
      return status === 200
        ? `http://127.0.0.1:${(JSON.parse(text) as { port: number }).port}`
        : status
    }),
  )

const healthOf = async (url: string) => {
  const text = await (await fetch(`${stack.opsUrl}/metrics`)).text()
  return new RegExp(`^dashgate_upstream_healthy\\{[^}]*upstream="${url}"[^}]*\\} (\\d)`, 'm').exec(
    text,
  )?.[1]
}

beforeAll(async () => {
  await Promise.all(apps.map((app) => app.start()))
  const [{ url: appUrl }, { url }] = apps
  await operate('PUT', `/admin/dashboards/${slug}`, { title: slug, appUrl, replicaUrls: [url] })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', { slug, position: 99 })
  people = []
  for (let turn = 0; turn < 4; turn += 1) people.push(await signedIn('viewer@acme.test'))
  const [first] = people
  if (first) await untilServed(first, slug)
})

afterAll(async () => {
  await operate('DELETE', `/admin/tenants/acme-corp/dashboards/${slug}`)
  await operate('PUT', `/admin/dashboards/${slug}`, { title: slug, appUrl: 'http://127.0.0.1:1' })
  await Promise.all(apps.map((app) => app.kill()))
})

it(
  'X5: goes on for everybody while one address of an app is down, and takes it back later',
  { timeout: 150_000 },
  async () => {
    const before = await servedAt()
    expect(await servedAt()).toEqual(before)
    expect(before.filter((url) => !apps.some((app) => app.url === url))).toEqual([])

    // The one that serves somebody, whichever that is.
    const [down, up] = before[0] === apps[0].url ? apps : [apps[1], apps[0]]
    await down.kill()
    for (let round = 0; round < 5; round += 1) {
      expect(await servedAt()).toEqual(before.map(() => up.url))
    }
    // Found out by the gateway itself, and said in its metrics.
    await expect.poll(() => healthOf(down.url), patience).toBe('0')
    expect(await servedAt()).toEqual(before.map(() => up.url))

    await down.start()
    await expect.poll(servedAt, patience).toEqual(before)
    await expect.poll(() => healthOf(down.url), patience).toBe('1')
  },
)
