import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openSocket } from './support/load.ts'
import { startPatientApp } from './support/patient-app.ts'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, operate, owner, publicPort, stack } from './support/stack.ts'
import { asFrame, asNavigation, Visitor, type Answer } from './support/visitor.ts'

const base = '/dashboard/patient-app/'
const callback = `${base}_dash-update-component`
const handle = `k~${'a'.repeat(64)}`

let gateways: Gateways
let app: Awaited<ReturnType<typeof startPatientApp>>
let acme: Visitor
let globex: Visitor
let addresses = 0

const replica = () => gateways.replicas[0]?.url ?? ''

/** Behind a proxy that the gateway trusts, somebody from an address of their own. */
function newcomer(): Visitor {
  const one = new Visitor(stack.publicUrl)
  one.via = replica()
  return one
}

const from = (address: string) => ({ ...asNavigation, 'x-forwarded-for': address })
const nextAddress = () => `198.51.100.${(addresses += 1)}`

/** Sign-in through the stack's own gateway, which has no such limits; sessions are good on both. */
async function signedIn(login: string): Promise<Visitor> {
  const one = new Visitor(stack.publicUrl)
  await one.signIn(login)
  one.via = replica()
  return one
}

const post = (one: Visitor, path = callback) =>
  one.script(path, {
    method: 'POST',
    body: '{}',
    headers: { origin: stack.publicUrl, 'content-type': 'application/json' },
  })

const refusal = ({ status, headers }: Answer) => [
  status,
  headers.get('x-gateway-error'),
  /^[1-9]\d*$/.test(headers.get('retry-after') ?? ''),
]

/** Sets a tenant's own limits, and waits until the gateway has heard of them. */
async function limit(tenant: string, limits: object): Promise<void> {
  const { status } = await operate('POST', `/admin/tenants/${tenant}/metadata`, { limits })
  expect(status).toBe(200)
}

beforeAll(async () => {
  app = await startPatientApp()
  await operate('PUT', '/admin/dashboards/patient-app', { title: 'Patient', appUrl: app.url })
  for (const tenant of ['acme-corp', 'globex']) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug: 'patient-app' })
  }
  gateways = await startGateways(1, {
    environment: {
      ...inject('gatewayEnvironment'),
      TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8',
      SIGN_IN_REQUESTS_PER_MINUTE: '4',
      APP_REQUESTS_AT_ONCE: '6',
      TENANT_REQUESTS_AT_ONCE: '4',
      USER_REQUESTS_AT_ONCE: '4',
      TURN_WAIT_SECONDS: '1',
    },
    logs: stack.logs,
  })
}, 120_000)

beforeEach(async () => {
  acme = await signedIn('viewer@acme.test')
  globex = await signedIn('viewer@globex.test')
})

afterEach(async () => {
  app.letGo()
  await limit('acme-corp', {})
  // More than is left of any limit that a test has used up: the gateway has heard.
  const one = await signedIn('viewer@acme.test')
  const many = () =>
    Promise.all(Array.from({ length: 30 }, () => one.script('/dashboard/patient-app')))
  await eventually(many, (answers) => answers.every(({ status }) => status === 308))
})

afterAll(async () => {
  for (const tenant of ['acme-corp', 'globex']) {
    await operate('DELETE', `/admin/tenants/${tenant}/dashboards/patient-app`)
  }
  await gateways?.stop()
  await app?.stop()
})

describe('sign-in', () => {
  it('X21, V38: is limited for each address, with a page that says so, and for no other', async () => {
    const address = nextAddress()
    const one = newcomer()
    const answers: Answer[] = []
    for (let n = 0; n < 6; n += 1) {
      answers.push(await one.ask('/login', { headers: from(address) }))
    }
    expect(answers.map(({ status }) => status)).toEqual([302, 302, 302, 302, 429, 429])
    const last = answers.at(-1) as Answer
    expect(refusal(last)).toEqual([429, 'sign_in_limited', true])
    expect(last.text).toContain('Too many sign-ins')
    const back = await one.ask('/auth/callback?code=x&state=y', { headers: from(address) })
    expect(refusal(back)).toEqual([429, 'sign_in_limited', true])
    expect((await newcomer().ask('/login', { headers: from(nextAddress()) })).status).toBe(302)
  })

  it('V38: takes the address from where our proxies saw it, not from what a client puts before', async () => {
    const address = nextAddress()
    const statuses: number[] = []
    for (let n = 0; n < 5; n += 1) {
      const claimed = `${nextAddress()}, ::ffff:${address}, 10.1.2.3`
      statuses.push((await newcomer().ask('/login', { headers: from(claimed) })).status)
    }
    expect(statuses.at(-1)).toBe(429)
  })

  it('X21: of logout tokens, only refused ones are counted', async () => {
    const address = nextAddress()
    const send = () =>
      newcomer().ask('/auth/backchannel-logout', {
        method: 'POST',
        body: 'logout_token=x',
        headers: {
          'x-forwarded-for': address,
          'content-type': 'application/x-www-form-urlencoded',
        },
      })
    const statuses: number[] = []
    for (let n = 0; n < 61; n += 1) statuses.push((await send()).status)
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([400]))
    expect(statuses.at(-1)).toBe(429)
  })
})

describe('the client address', () => {
  const seenBy = async (headers: Record<string, string>) => {
    const answer = await acme.script(`${base}_dash-layout`, { headers })
    return JSON.parse(answer.text) as Record<string, string>
  }

  it('V16, V4, V38: reaches the app as our proxies say it, and nothing else of what was forwarded', async () => {
    const seen = await seenBy({
      'x-forwarded-for': '6.6.6.6, ::FFFF:203.0.113.9, 10.0.0.7',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '1',
      'x-forwarded-prefix': '/evil',
      'x-forwarded-uri': '/evil',
      forwarded: 'for=6.6.6.6;host=evil.example;proto=https',
      'x-real-ip': '6.6.6.6',
      'x-original-url': '/evil',
      'x-rewrite-url': '/evil',
    })
    expect(seen).toMatchObject({
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': `localhost:${publicPort}`,
      'x-forwarded-proto': 'http',
    })
    expect(JSON.stringify(seen)).not.toMatch(/evil|6\.6\.6\.6/)
    expect(Object.keys(seen)).not.toContain('x-forwarded-port')
  })

  it('V16, V4: never makes the public origin: redirects and pages stay with PUBLIC_URL', async () => {
    const headers = {
      ...asNavigation,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/evil',
      forwarded: 'host=evil.example;proto=https',
    }
    const start = await newcomer().ask('/', { headers })
    expect(start.headers.get('location')).toBe('/login?return_to=%2F')
    const login = await newcomer().ask('/login', {
      headers: { ...headers, 'x-forwarded-for': nextAddress() },
    })
    const redirect = new URL(login.headers.get('location') ?? '').searchParams.get('redirect_uri')
    expect(redirect).toBe(`${stack.publicUrl}/auth/callback`)
  })

  it('V38: stands in the log and in the audit log', async () => {
    const address = nextAddress()
    const answer = await acme.script(`${base}_dash-layout`, {
      headers: { 'x-forwarded-for': address },
    })
    const id = answer.headers.get('x-request-id') ?? ''
    const log = await eventually(
      async () => (await gateways.replicas[0]?.log()) ?? '',
      (text) => text.includes(id),
    )
    const line = log.split('\n').find((one) => one.includes(id))
    expect(line).toContain(`"clientAddress":"${address}"`)
    const sql = owner()
    const [row] = await sql<{ address: string }[]>`
      select detail ->> 'address' as address from audit_logs
      where action = 'session.signed_in' order by id desc limit 1`
    await sql.end()
    expect(row?.address).toBe('127.0.0.1')
  })
})

describe('requests in a minute (X21)', () => {
  it('of a tenant are as many as its own limit says, from the moment it is set', async () => {
    await limit('acme-corp', { requestsPerMinute: 20 })
    const refused = await eventually(
      () => acme.script(`${base}_dash-layout`),
      ({ status }) => status === 429,
    )
    expect(refusal(refused)).toEqual([429, 'tenant_busy', true])
    expect(JSON.parse(refused.text)).toMatchObject({ error: 'tenant_busy' })
    const page = await acme.ask(base, { headers: asFrame })
    expect(page.text).toContain('Busy at the moment')
    // What tells a page whose it is, and the way out, are never refused.
    expect((await acme.script('/session')).status).toBe(200)
    expect((await globex.script(`${base}_dash-layout`)).status).toBe(200)
    expect((await acme.submit('/logout', {})).status).toBe(303)
    await limit('acme-corp', {})
    const again = await signedIn('viewer@acme.test')
    const allowed = await eventually(
      () => again.script(`${base}_dash-layout`),
      ({ status }) => status === 200,
    )
    expect(allowed.status).toBe(200)
  })

  it('of one user are refused in that user’s name', async () => {
    await limit('acme-corp', { userRequestsPerMinute: 20 })
    const refused = await eventually(
      () => acme.script(`${base}_dash-layout`),
      ({ status }) => status === 429,
    )
    expect(refusal(refused)).toEqual([429, 'too_many_requests', true])
  })

  it('are taken from polls first, then from callbacks, then from pages', async () => {
    await limit('acme-corp', { requestsPerMinute: 40 })
    const polls = await eventually(
      () => post(acme, `${callback}?cacheKey=${handle}&job=${handle}`),
      ({ status }) => status === 429,
    )
    expect(refusal(polls)).toEqual([429, 'tenant_busy', true])
    expect((await post(acme)).status).toBe(200)
    const clicks = await eventually(
      () => post(acme),
      ({ status }) => status === 429,
    )
    expect(clicks.status).toBe(429)
    expect((await acme.script(`${base}_dash-layout`)).status).toBe(200)
  })
})

describe('requests at once (X21)', () => {
  it('of one tenant leave room for another, and the rest waits or is refused', async () => {
    app.hold()
    const flood = Array.from({ length: 20 }, () => post(acme))
    await eventually(
      async () => app.tenants().length,
      (count) => count >= 4,
    )
    const quiet = post(globex)
    await eventually(
      async () => app.tenants(),
      (tenants) => tenants.includes('globex'),
    )
    expect(app.tenants().toSorted()).toEqual([
      ...Array.from({ length: 4 }, () => 'acme-corp'),
      'globex',
    ])
    // Nothing comes of what waits for longer than a turn may take.
    const refused = await Promise.any(
      flood.map(async (one) =>
        (await one).status === 429 ? one : Promise.reject(new Error('answered')),
      ),
    )
    expect(refusal(refused)).toEqual([429, 'tenant_busy', true])
    app.letGo()
    expect((await quiet).status).toBe(200)
    const statuses = (await Promise.all(flood)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(4)
    expect((await post(acme)).status).toBe(200)
  })

  it('that wait get their turn when one is given back', async () => {
    app.hold()
    const asked = Array.from({ length: 7 }, () => post(acme))
    await eventually(
      async () => app.tenants().length,
      (count) => count === 4,
    )
    app.letGo()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses).toEqual(Array.from({ length: 7 }, () => 200))
  })
})

describe('bodies that do not come (X13, X21)', () => {
  const port = () => Number(new URL(replica()).port)
  const sockets: Socket[] = []

  /** Begins to send a callback, and leaves its end out. */
  async function beginToPost(one: Visitor): Promise<{ answer: Promise<string>; finish(): void }> {
    const socket = connect(port(), '127.0.0.1')
    sockets.push(socket)
    const answer = new Promise<string>((resolve) => {
      let received = ''
      socket.on('error', () => {}).on('close', () => resolve(received))
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
    })
    await once(socket, 'connect')
    socket.write(
      `POST ${callback} HTTP/1.1\r\nHost: localhost:${publicPort}\r\nOrigin: ${stack.publicUrl}\r\nCookie: ${one.cookies.header}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{`,
    )
    return { answer, finish: () => void socket.write('}') }
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy()
  })

  it('keep no app busy, whoever sends them a byte at a time', async () => {
    app.hold()
    const slow = await Promise.all(Array.from({ length: 5 }, () => beginToPost(globex)))
    const quick = post(globex)
    await eventually(
      async () => app.tenants().length,
      (count) => count > 0,
    )
    // Five are before it; none of them has got to the app, or it would have no turn.
    expect(app.tenants()).toEqual(['globex'])
    app.letGo()
    expect((await quick).status).toBe(200)
    for (const { finish } of slow) finish()
    const answers = await Promise.all(slow.map(({ answer }) => answer))
    expect(answers.map((text) => text.slice(9, 12))).toEqual(Array.from({ length: 5 }, () => '200'))
  })

  it('are as many for one user as streams', async () => {
    await limit('globex', { userStreams: 2 })
    const refused = await eventually(
      async () => {
        const begun = await Promise.all(Array.from({ length: 3 }, () => beginToPost(globex)))
        // Before the gateway has heard of the limit it answers none of them.
        const none = wait(2000, '')
        const first = await Promise.race([...begun.map(({ answer }) => answer), none])
        for (const socket of sockets.splice(0)) socket.destroy()
        return first
      },
      (text) => text.startsWith('HTTP/1.1 429'),
    )
    expect(refused).toMatch(/x-gateway-error: too_many_requests/i)
    await limit('globex', {})
  })
})

describe('WebSockets (X21)', () => {
  /** One that stays open, or none where it is refused. */
  const open = (one: Visitor): Promise<Duplex | undefined> =>
    openSocket(replica(), stack.publicUrl, one, '/dashboard/claims-monitor/').catch(() => undefined)
  const close = (sockets: readonly (Duplex | undefined)[]) => {
    for (const socket of sockets) socket?.destroy()
  }

  it('are as many for one user as the limit says, and counted no longer than they are open', async () => {
    await limit('acme-corp', { userStreams: 2 })
    const openAll = async (count: number) => {
      const sockets = await Promise.all(Array.from({ length: count }, () => open(acme)))
      close(sockets)
      return sockets.filter((socket) => socket !== undefined).length
    }
    expect(
      await eventually(
        () => openAll(3),
        (opened) => opened === 2,
      ),
    ).toBe(2)
    // Those have been closed, and no longer count: two more may come.
    const held: (Duplex | undefined)[] = []
    await eventually(
      async () => held.push(await open(acme)),
      () => held.filter((socket) => socket !== undefined).length === 2,
    )
    expect(await open(acme)).toBeUndefined()
    const other = await open(globex)
    expect(other).toBeDefined()
    close([...held, other])
  })
})
