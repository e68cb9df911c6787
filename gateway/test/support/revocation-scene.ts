import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { calculateJwkThumbprint, importJWK, SignJWT, type JWK } from 'jose'
import { request } from 'undici'
import { inject } from 'vitest'
import { startEndlessApp } from './endless-app.ts'
import { startGateways, type Gateways, type Replica } from './replicas.ts'
import { operate, signedIn, stack } from './stack.ts'
import { asScript, Visitor } from './visitor.ts'

const slug = 'endless'
const tenant = 'initech'
/** For a busy machine: what takes so long is a failure by itself. */
const patienceMs = 30_000

/** Everything that one revocation must end, with how long after it each end came. */
export interface Trial {
  readonly kind: RevocationKind
  readonly ends: readonly { readonly what: string; readonly ms: number }[]
}

export const revocationKinds = [
  'sign-out',
  'sign-out elsewhere',
  'admin: user',
  'admin: tenant',
  'admin: session',
  'back-channel logout',
  'suspended tenant',
  'removed assignment',
] as const
export type RevocationKind = (typeof revocationKinds)[number]

/** A logout token with the signature of the stack's provider. */
async function logoutToken(sub: string): Promise<string> {
  const file = join(stack.logs, '..', 'provider-keys.json')
  const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: (JWK & { kty: string })[] }
  const [key] = keys
  if (!key) throw new Error('the provider has no key')
  const { OIDC_CLIENT_ID = '' } = inject('gatewayEnvironment')
  return new SignJWT({ sub, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })
    .setProtectedHeader({
      alg: 'RS256',
      typ: 'logout+jwt',
      kid: key.kid ?? (await calculateJwkThumbprint(key)),
    })
    .setIssuer(stack.issuer)
    .setAudience(OIDC_CLIENT_ID)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('1 min')
    .sign(await importJWK(key, 'RS256'))
}

/** The same person at one replica, as behind a load balancer. */
const at = (one: Visitor, { url }: Replica) => {
  const copy = new Visitor(one.publicUrl)
  for (const name of one.cookies.names) copy.cookies.set(name, one.cookies.get(name) ?? '')
  copy.via = url
  return copy
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come`)
    await wait(5)
  }
}

/**
 * A WebSocket whose `Host` is another than its address, as it is behind a load balancer.
 *
 * @returns waits for its end, and tells the code it was closed with
 */
async function openSocket(origin: string, path: string, headers: Record<string, string>) {
  const handshake = httpRequest(origin + path, {
    headers: {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  }).end()
  const socket = await new Promise<Duplex>((resolve, reject) => {
    handshake.on('upgrade', (_, upgraded) => resolve(upgraded))
    handshake.on('response', ({ statusCode }) =>
      reject(new Error(`the socket was refused with ${statusCode}`)),
    )
    handshake.on('error', reject)
  })
  const ended = new Promise<{ at: number; code: number }>((resolve) => {
    let code = 1006
    socket.on('error', () => {})
    // The app says nothing: the one frame is that of the end (RFC 6455 §5.5.1).
    socket.on('data', (frame: Buffer) => {
      if (frame[0] === 0x88) code = frame.readUInt16BE(2)
      socket.end()
    })
    socket.on('close', () => resolve({ at: performance.now(), code }))
  })
  return () => ended
}

/** Gateways on one database, an app whose answers do not end, and a tenant that may see it. */
export async function startRevocationScene() {
  const app = await startEndlessApp()
  const gateways: Gateways = await startGateways(3, {
    environment: inject('gatewayEnvironment'),
    logs: stack.logs,
  })
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Endless', appUrl: app.url })
  await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug })

  const path = (query = '') => `/dashboard/${slug}/_dash-layout${query}`

  /** What one person has open at one replica; each resolves with the moment of its end. */
  async function open(one: Visitor, replica: Replica, refusal: readonly number[]) {
    const copy = at(one, replica)
    await until(async () => (await copy.script(path())).status === 200, 'the dashboard')
    const host = new URL(stack.publicUrl).host
    const headers = { ...asScript, host, cookie: copy.cookies.header }
    const stream = await request(replica.url + path('?hold'), { headers })
    const streamEnded = (async () => {
      try {
        for await (const _ of stream.body);
      } catch {
        // Cut off, as it must be.
      }
      return performance.now()
    })()
    const socketEnded = await openSocket(replica.url, `/dashboard/${slug}/_dash-ws-callback`, {
      host,
      cookie: copy.cookies.header,
      origin: stack.publicUrl,
    })
    return {
      ended: async () => {
        const refused = until(
          async () => refusal.includes((await copy.script(path())).status),
          'the refusal',
        ).then(() => performance.now())
        const [http, streamAt, { at: socketAt, code }] = await Promise.all([
          refused,
          streamEnded,
          socketEnded(),
        ])
        if (code !== 4001) throw new Error(`a socket was closed with ${code}`)
        return { HTTP: http, stream: streamAt, WebSocket: socketAt }
      },
    }
  }

  const revoke: Record<RevocationKind, (one: Visitor, sub: string) => Promise<unknown>> = {
    'sign-out': (one) => one.submit('/logout', {}),
    async 'sign-out elsewhere'() {
      const elsewhere = await signedIn('viewer@initech.test')
      await elsewhere.submit('/account/sessions/end', { others: 'all' })
    },
    'admin: user': (_, sub) => operate('POST', '/admin/sessions/revoke', { sub }),
    'admin: tenant': () => operate('POST', '/admin/sessions/revoke', { tenantId: tenant }),
    async 'admin: session'(_, sub) {
      const { json } = await operate('GET', `/admin/sessions?sub=${sub}&tenantId=${tenant}`)
      const [first] = json['sessions'] as { sessionId: string }[]
      await operate('POST', '/admin/sessions/revoke', { sessionId: first?.sessionId })
    },
    async 'back-channel logout'(_, sub) {
      const body = new URLSearchParams({ logout_token: await logoutToken(sub) }).toString()
      const answer = await new Visitor(stack.publicUrl).ask('/auth/backchannel-logout', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
      })
      if (answer.status !== 200) throw new Error(`the logout token was refused: ${answer.text}`)
    },
    'suspended tenant': () =>
      operate('POST', `/admin/tenants/${tenant}/metadata`, { status: 'suspended' }),
    'removed assignment': () => operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`),
  }

  async function restore(kind: RevocationKind) {
    if (kind === 'suspended tenant')
      await operate('POST', `/admin/tenants/${tenant}/metadata`, { status: 'active' })
    if (kind === 'removed assignment')
      await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug })
  }

  return {
    gateways,

    /** Opens everything at every replica, revokes it, and waits for each end. */
    async trial(kind: RevocationKind): Promise<Trial> {
      const one = await signedIn('viewer@initech.test')
      const { user } = JSON.parse((await one.script('/session')).text) as { user: { sub: string } }
      const isAccess = kind === 'suspended tenant' || kind === 'removed assignment'
      const opened = await Promise.all(
        gateways.replicas.map((replica) => open(one, replica, isAccess ? [404] : [401])),
      )
      try {
        // From before the call: what it takes itself counts as well.
        const from = performance.now()
        await revoke[kind](one, user.sub)
        const ends = await Promise.all(opened.map(({ ended }) => ended()))
        return {
          kind,
          ends: ends.flatMap((end) =>
            Object.entries(end).map(([what, moment]) => ({ what, ms: moment - from })),
          ),
        }
      } finally {
        await restore(kind)
      }
    },

    async stop(): Promise<void> {
      await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
      await gateways.stop()
      await app.stop()
    },
  }
}

export type RevocationScene = Awaited<ReturnType<typeof startRevocationScene>>
