import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawServer } from '../test-support/local-server.ts'
import { assign, untilServed } from './support/assigned.ts'
import { sendRaw } from './support/raw.ts'
import {
  eventually,
  owner,
  publicPort,
  signedIn,
  stack,
  staffFor,
  visitor,
} from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

/** Ways in, or down, that were found once; each test is the attack that found it. */
const cookie = '__Host-Http-session'
const slug = 'misbehaving-app'
const base = `/dashboard/${slug}/`

let app: Awaited<ReturnType<typeof rawServer>>
/** What the app does with the next request; it gets the socket and the request's head. */
let behave: (socket: Socket, head: string) => void
let acme: Visitor

const answer = (socket: Socket, text = '{}') =>
  socket.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  )
let unassign: () => Promise<void>

beforeAll(async () => {
  behave = (socket) => answer(socket)
  app = await rawServer((socket) => {
    socket.on('data', (chunk: Buffer) => behave(socket, chunk.toString('latin1')))
  })
  unassign = await assign(slug, app.url)
  acme = await signedIn('viewer@acme.test')
  await untilServed(acme, slug)
})

afterAll(async () => {
  await unassign?.()
  await app[Symbol.asyncDispose]()
})

const handshake = (target: string, cookieHeader = '') =>
  `GET ${target} HTTP/1.1\r\nHost: localhost:${publicPort}\r\nOrigin: ${stack.publicUrl}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: ${cookieHeader}\r\n\r\n`

describe('a handshake', () => {
  it.each([
    '//a@gateway.invalid/',
    'http://a:b@gateway.invalid/',
    'https://u@gateway.invalid/',
    'http://[',
    '*',
    '/%zz',
  ])('H5, V43: for the target %s is refused, and the process lives', async (target) => {
    expect(await sendRaw(publicPort, handshake(target))).toMatch(/^HTTP\/1\.1 400 /)
    expect((await fetch(`${stack.opsUrl}/livez`)).status).toBe(200)
  })

  it('V35: that is refused is let go, whether or not the client closes its side', async () => {
    const socket = connect({ port: publicPort, host: '127.0.0.1', allowHalfOpen: true })
    const closed = new Promise<string>((resolve) => {
      socket.on('error', () => resolve('closed')).on('close', () => resolve('closed'))
    })
    socket.resume()
    socket.write(handshake('/dashboard/claims-monitor/_dash-ws-callback'))
    // Writing into a connection that the other side has given up is what shows that it has.
    const poke = setInterval(() => socket.write('x'), 200)
    expect(await closed).toBe('closed')
    clearInterval(poke)
  })

  it('V29: that the app answers only after the session was revoked opens nothing', async () => {
    const one = await signedIn('viewer@acme.test')
    let accept = () => {}
    const asked = new Promise<void>((resolve) => {
      behave = (socket) => {
        accept = () =>
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
          )
        resolve()
      }
    })
    const socket = connect(publicPort, '127.0.0.1')
    const closed = new Promise<string>((resolve) => {
      let received = ''
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
      socket.on('close', () => resolve(received))
    })
    socket.write(handshake(`${base}_dash-ws-callback`, one.cookies.header))
    await asked
    await one.submit('/logout', {})
    accept()
    // 4001 as two bytes after the two of the frame's head.
    expect(await closed).toContain('\x0f\xa1session ended')
  })

  it('R8, V29: that an app refuses tells so and no more, or its answer would outlive the session', async () => {
    behave = (socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ncanary\r\n',
      )
    const refused = await sendRaw(
      publicPort,
      handshake(`${base}_dash-ws-callback`, acme.cookies.header),
    )
    expect(refused).toMatch(/^HTTP\/1\.1 502 .*Content-Length: 0/is)
    expect(refused).not.toContain('canary')
  })

  it('for an app that cannot be reached is refused with the reason', async () => {
    behave = (socket) => socket.destroy()
    const refused = await sendRaw(
      publicPort,
      handshake(`${base}_dash-ws-callback`, acme.cookies.header),
    )
    expect(refused).toMatch(/^HTTP\/1\.1 502 .*X-Gateway-Error: app_unreachable/is)
  })
})

describe('a revoked session', () => {
  /** Begins to post the form, and finishes once `meanwhile` is over. */
  async function slowSwitch(staff: Visitor, meanwhile: () => Promise<unknown>): Promise<string> {
    const body = 'tenant=globex&return_to=/'
    const socket = connect(publicPort, '127.0.0.1')
    const closed = new Promise<string>((resolve) => {
      let received = ''
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
      socket.on('close', () => resolve(received))
    })
    socket.write(
      `POST /tenant HTTP/1.1\r\nHost: localhost:${publicPort}\r\nOrigin: ${stack.publicUrl}\r\nCookie: ${staff.cookies.header}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body.slice(0, 5)}`,
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    await meanwhile()
    socket.write(body.slice(5))
    return closed
  }

  it('is not turned into a new one by a form that was begun before', async () => {
    const staff = await staffFor('acme-corp')
    const thief = visitor()
    thief.cookies.set(cookie, staff.cookies.get(cookie) ?? '')
    const outcome = await slowSwitch(thief, () => staff.submit('/logout', {}))
    expect(outcome).toMatch(/^HTTP\/1\.1 401 /)
    expect(outcome).not.toContain(`${cookie}=Fe26`)
  })

  it('is replaced once, however many forms arrive at once', async () => {
    const staff = await staffFor('acme-corp')
    const { user } = JSON.parse((await staff.script('/session')).text) as { user: { sub: string } }
    const sql = owner()
    const [{ begun } = { begun: '' }] = await sql<{ begun: string }[]>`
      select clock_timestamp()::text as begun`
    const copies = ['acme-corp', 'globex', 'initech'].map((tenant) => {
      const copy = visitor()
      copy.cookies.set(cookie, staff.cookies.get(cookie) ?? '')
      return copy.submit('/tenant', { tenant, return_to: '/' })
    })
    const statuses = (await Promise.all(copies)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    const rows = await sql`
      select 1 from sessions
      where sub = ${user.sub} and revoked_at is null and created_at > ${begun}::timestamptz`
    await sql.end()
    expect(rows).toHaveLength(1)
  })

  it('V28: gets nothing of an answer that its app was still thinking about', async () => {
    const one = await signedIn('viewer@acme.test')
    let finish = () => {}
    const asked = new Promise<void>((resolve) => {
      behave = (socket) => {
        finish = () => answer(socket, '"figures"')
        resolve()
      }
    })
    const waiting = one.script(`${base}_dash-layout`)
    await asked
    const copy = visitor()
    copy.cookies.set(cookie, one.cookies.get(cookie) ?? '')
    await copy.submit('/logout', {})
    finish()
    const { status, text } = await waiting
    expect([status, text.includes('figures')]).toEqual([401, false])
  })
})

describe('an index page', () => {
  it('V28: that still comes when its session ends is refused as whatever else is', async () => {
    const one = await signedIn('viewer@acme.test')
    const asked = new Promise<void>((resolve) => {
      behave = (socket) => {
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n<html>',
        )
        resolve()
      }
    })
    const waiting = one.script(base)
    await asked
    const copy = visitor()
    copy.cookies.set(cookie, one.cookies.get(cookie) ?? '')
    await copy.submit('/logout', {})
    const { status, headers } = await waiting
    expect([status, headers.get('x-gateway-error')]).toEqual([401, 'session_expired'])
  })

  it.each([204, 205])('X17: without content is none (%s)', async (status) => {
    behave = (socket) =>
      socket.write(`HTTP/1.1 ${status} x\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n`)
    expect((await acme.script(base)).status).toBe(status)
  })
})

describe('a client that hangs up', () => {
  it('V23: is no error of ours, or anybody could fill the log with errors', async () => {
    const asked = new Promise<string>((resolve) => {
      behave = (_, head) => resolve(/^x-request-id: (.*)$/im.exec(head)?.[1] ?? '')
    })
    const socket = connect(publicPort, '127.0.0.1')
    socket.write(
      `GET ${base}_dash-layout HTTP/1.1\r\nHost: localhost:${publicPort}\r\nCookie: ${acme.cookies.header}\r\n\r\n`,
    )
    const id = await asked
    socket.destroy()
    const log = await eventually(
      () => readFile(join(stack.logs, 'gateway.log'), 'utf8'),
      (text) => text.includes(id),
    )
    const lines = log.split('\n').filter((line) => line.includes(id))
    expect(lines.join()).toContain('"status":499')
    expect(lines.join()).not.toContain('"level":"error"')
  })
})

describe('an app', () => {
  it('X5: cannot use up its connections with answers that cannot be passed on', async () => {
    behave = (socket) =>
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\nContent-Length: 900000\r\n\r\n${'x'.repeat(900_000)}`,
      )
    for (let turn = 0; turn < 7; turn += 1) {
      const asked = Array.from({ length: 10 }, () => acme.script(base))
      for (const { status } of await Promise.all(asked)) expect(status).toBe(502)
    }
    behave = (socket) => answer(socket)
    expect((await acme.script(`${base}_dash-layout`)).status).toBe(200)
  })

  it.each(['Text/HTML', 'application/xhtml+xml; charset=utf-8'])(
    'cannot get a page past the rewriting as %s',
    async (type) => {
      const html =
        '<html><head></head><script id="_dash-config">{"validation_layout":"canary"}</script></html>'
      for (const status of ['200 OK', '500 Internal Server Error']) {
        behave = (socket) =>
          socket.write(
            `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${html.length}\r\n\r\n${html}`,
          )
        expect((await acme.script(base)).text).not.toContain('canary')
      }
    },
  )

  it('R4, V34, V40: is not asked for what only an encoding makes look like a page', async () => {
    let asked = 0
    behave = (socket) => {
      asked += 1
      answer(socket)
    }
    for (const target of [
      `${base}%5freload-hash`,
      `${base}%64ocs`,
      `/%64ashboard/${slug}/_mcp`,
      `${base}%5fdash-update-component`,
    ]) {
      expect([400, 404]).toContain((await acme.script(target)).status)
    }
    expect(asked).toBe(0)
  })
})

describe('a form in another encoding', () => {
  it.each(['/auth/backchannel-logout', '/tenant'])(
    'is refused, not stumbled over: %s',
    async (path) => {
      const headers = { origin: stack.publicUrl, 'content-type': 'multipart/form-data; boundary=x' }
      const { status } = await acme.script(path, { method: 'POST', headers, body: '--x\r\nbroken' })
      expect(status).toBe(415)
    },
  )
})
