import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { httpServer } from '../test-support/local-server.ts'
import { assign, untilServed } from './support/assigned.ts'
import { measuredAt } from './support/measured.ts'
import { startGateways, type Gateways, type Replica } from './support/replicas.ts'
import { signedIn, stack } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

/** Connections of one viewer at once, of each kind. */
const total = Number(process.env['SLOW_CLIENTS'] ?? 500)
const slug = 'sluggish-app'
const path = `/dashboard/${slug}/`
const mebibyte = Buffer.alloc(1024 * 1024, 'x')
const answerBytes = 50 * mebibyte.length
/** What a connection may cost, with all that is between its two sockets. */
const bytesEach = 768 * 1024

let app: Awaited<ReturnType<typeof httpServer>>
let gateways: Gateways
let unassign: () => Promise<void>
let slow: Visitor
let other: Visitor
let sockets: Socket[] = []

const replica = () => gateways.replicas[0] as Replica

beforeAll(async () => {
  app = await httpServer((request, response) => {
    request.resume()
    if (!request.url?.includes('long')) return void response.end('{}')
    response.writeHead(200, { 'content-length': answerBytes })
    let left = answerBytes
    const more = () => {
      while (left > 0 && !response.destroyed) {
        left -= mebibyte.length
        if (!response.write(mebibyte)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  unassign = await assign(slug, app.url, ['acme-corp', 'globex'])
  gateways = await startGateways(1, { environment: inject('gatewayEnvironment'), logs: stack.logs })
  ;[slow, other] = await Promise.all([signedIn('viewer@acme.test'), signedIn('viewer@globex.test')])
  for (const one of [slow, other]) {
    one.via = replica().url
    await untilServed(one, slug)
  }
}, 120_000)

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets = []
})

afterAll(async () => {
  await unassign?.()
  await gateways?.stop()
  await app?.[Symbol.asyncDispose]()
})

const head = (method: string, target: string, fields: readonly string[] = []) =>
  [
    `${method} ${path}${target} HTTP/1.1`,
    `Host: ${new URL(stack.publicUrl).host}`,
    `Origin: ${stack.publicUrl}`,
    `Cookie: ${slow.cookies.header}`,
    ...fields,
  ].join('\r\n')

/** Opens as many connections as there are to be; what each does then is its own. */
async function crowd(begin: (socket: Socket) => void): Promise<void> {
  const { port } = new URL(replica().url)
  const opened = Array.from({ length: total }, async () => {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
    begin(socket)
  })
  await Promise.all(opened)
}

/** A byte now and then, so that none is silent. */
const drip = (socket: Socket) => {
  const timer = setInterval(() => void socket.write('a'), 1000)
  socket.once('close', () => clearInterval(timer))
}

/** Asks as the other tenant's viewer does, while a condition does not hold yet. */
async function othersAreServed(until: () => boolean, atLeast = 20): Promise<void> {
  for (let asked = 0; asked < atLeast || !until(); asked += 1) {
    expect((await other.script(`${path}_dash-layout`)).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function costOf(what: string, before: { bytes: number }): Promise<void> {
  const { bytes } = await measuredAt(replica().opsUrl)
  const each = (bytes - before.bytes) / total
  process.stdout.write(`${total} ${what}: ${(each / 1000).toFixed(1)} kB each.\n`)
  expect(bytes - before.bytes).toBeLessThan(total * bytesEach)
}

/** All of it is given back: no descriptor stays with anybody who has gone. */
const untilAsBefore = (before: { descriptors: number }) =>
  expect
    .poll(async () => (await measuredAt(replica().opsUrl)).descriptors, {
      timeout: 60_000,
      interval: 200,
    })
    .toBeLessThan(before.descriptors + 20)

describe('X13, X15: while hundreds of connections of one viewer', () => {
  it('send their fields byte by byte, others are served, and they are cut off', async () => {
    const before = await measuredAt(replica().opsUrl)
    let closed = 0
    await crowd((socket) => {
      socket.once('close', () => (closed += 1)).resume()
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
      drip(socket)
    })
    await costOf('slow senders of fields', before)
    await othersAreServed(() => closed === total)
    await untilAsBefore(before)
  }, 120_000)

  it('send their bodies byte by byte, others are served', async () => {
    const before = await measuredAt(replica().opsUrl)
    const fields = ['Content-Type: application/json', 'Content-Length: 1000']
    await crowd((socket) => {
      socket.resume()
      socket.write(`${head('POST', '_dash-update-component', fields)}\r\n\r\n`)
      drip(socket)
    })
    await othersAreServed(() => true, 50)
    await costOf('slow senders of bodies', before)
    for (const socket of sockets) socket.destroy()
    await untilAsBefore(before)
  }, 120_000)

  it('ask for much and read none of it, others are served', async () => {
    const before = await measuredAt(replica().opsUrl)
    await crowd((socket) => {
      socket.pause()
      socket.write(`${head('GET', '_dash-layout?long')}\r\n\r\n`)
    })
    await othersAreServed(() => true, 50)
    await costOf('slow readers', before)
    for (const socket of sockets) socket.destroy()
    await untilAsBefore(before)
  }, 120_000)
})
