import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect } from 'vitest'
import { startStack } from '../../../dev/stack.ts'
import { RovingVisitor, startLoad } from './load.ts'
import { operatorOf } from './operator.ts'
import { startGateways, type Replica } from './replicas.ts'
import { startVerifyingApp } from './verifying-app.ts'
import type { Visitor } from './visitor.ts'

/** What the answer of a rotation, and its audit line, say of one ring. */
export interface Rotated {
  readonly ring: string
  readonly kid: string
  readonly usedFrom: string
  readonly previous: readonly { readonly kid: string; readonly acceptedUntil: string }[]
}

export const sessionCookie = '__Host-Http-session'
const slug = 'rotating'

/**
 * Three gateways, and one app behind a dashboard of two tenants. On a stack of their own, since keys
 * and sessions are made older here than they are.
 */
export async function setRotationScene() {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-rotation-'))
  // Due for a refresh after two thirds of that.
  const stack = await startStack({
    directory,
    gateway: false,
    dashApps: [],
    accessTokenSeconds: 2,
  })
  const { info, gatewayEnvironment } = stack
  const { logs, publicUrl } = info
  const gateways = await startGateways(3, { environment: gatewayEnvironment, logs })
  const { replicas } = gateways
  const owner = postgres(info.databaseUrl, { max: 1, onnotice: () => {} })
  const operator = operatorOf(info)
  const app = await startVerifyingApp(replicas.map(({ internalUrl }) => internalUrl))
  const urls = replicas.map(({ url }) => url)
  const replica = (index: number): Replica => replicas[index] ?? expect.fail('no such replica')

  async function call(method: 'POST' | 'PUT', adminUrl: string, path: string, body: unknown) {
    const { status, json } = await operator.call(method, adminUrl + path, body)
    expect([path, status < 300]).toEqual([path, true])
    return json
  }

  async function signedIn(login: string): Promise<Visitor> {
    const visitor = new RovingVisitor(publicUrl, urls)
    expect((await visitor.signIn(login)).status).toBe(200)
    return visitor
  }

  const { adminUrl } = replica(0)
  await call('PUT', adminUrl, `/admin/dashboards/${slug}`, { title: 'Rotating', appUrl: app.url })
  for (const tenant of ['acme-corp', 'globex']) {
    await call('POST', adminUrl, `/admin/tenants/${tenant}/dashboards`, { slug, position: 99 })
  }

  return {
    directory,
    replicas,
    urls,
    app,
    owner,
    masterKey: gatewayEnvironment['MASTER_KEY'] ?? '',
    dashboardPath: `/dashboard/${slug}/`,
    signedIn,

    async staffFor(tenant: string): Promise<Visitor> {
      const staff = await signedIn('actuary@kyros.test')
      await staff.submit('/tenant', { tenant, return_to: '/' })
      return staff
    },

    /** A browser with somebody's session cookie that comes to these replicas in turn. */
    withCookieOf(visitor: Visitor, replicaUrls: readonly string[]): Visitor {
      const one = new RovingVisitor(publicUrl, replicaUrls)
      one.cookies.set(sessionCookie, visitor.cookies.get(sessionCookie) ?? '')
      return one
    },

    /** Somebody new who signs in over these replicas. */
    async signedInOver(login: string, replicaUrls: readonly string[]): Promise<Visitor> {
      const one = new RovingVisitor(publicUrl, replicaUrls)
      expect((await one.signIn(login)).status).toBe(200)
      return one
    },

    async rotateAt({ adminUrl: url }: Replica): Promise<readonly Rotated[]> {
      const answer = await call('POST', url, '/admin/rotate-secret', {})
      return (answer as { rotated: Rotated[] }).rotated
    },

    startLoad: (visitors: readonly Visitor[]) =>
      startLoad({
        publicUrl,
        replicas: urls,
        visitors,
        newcomers: ['viewer@acme.test', 'viewer@globex.test'],
        dashboardPath: `/dashboard/${slug}/`,
      }),

    /** All that the database knows of keys happened so much earlier; the replicas hear of it. */
    letTimePassForKeys: (seconds: number) => owner`
      update key_rings set created_at = created_at - make_interval(secs => ${seconds}),
        used_from = used_from - make_interval(secs => ${seconds}),
        retired_at = retired_at - make_interval(secs => ${seconds})`,

    /** The sessions that began before then began so much earlier. */
    letTimePassForSessions: (seconds: number, before: Date) => owner`
      update sessions set created_at = created_at - make_interval(secs => ${seconds}),
        idle_expires_at = idle_expires_at - make_interval(secs => ${seconds}),
        absolute_expires_at = absolute_expires_at - make_interval(secs => ${seconds})
      where created_at < ${before}`,

    async publishedBy({ internalUrl }: Replica): Promise<string[]> {
      const answer = await fetch(`${internalUrl}/.well-known/jwks.json`)
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
    },

    readiness: async ({ opsUrl }: Replica) => (await fetch(`${opsUrl}/readyz`)).text(),

    /** One more gateway, with other settings. */
    startAnother: (environment: Readonly<Record<string, string>>) =>
      startGateways(1, { environment: { ...gatewayEnvironment, ...environment }, logs }),

    async stop(): Promise<void> {
      await app.stop()
      await operator.close()
      await owner.end()
      await gateways.stop()
      await stack.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type RotationScene = Awaited<ReturnType<typeof setRotationScene>>

/** Waits for what notifications bring about. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 600) expect.fail('it did not come to pass within a minute')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
