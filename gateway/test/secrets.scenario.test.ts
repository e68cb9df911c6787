import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unsealData } from 'iron-session'
import { inject } from 'vitest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase } from '../src/db/client.ts'
import { loadKeyRings } from '../src/keys/key-rings.ts'
import { hashSessionId } from '../src/session/session-store.ts'
import { startEchoApp } from './support/echo-app.ts'
import { eventually, operate, owner, signedIn, stack } from './support/stack.ts'
import { asFrame, asNavigation, type Visitor } from './support/visitor.ts'

let acme: Visitor
let app: Awaited<ReturnType<typeof startEchoApp>>
let canaries: string[]

/** What must never leave the server, read from where the gateway keeps it. */
async function secretsOf(visitor: Visitor): Promise<string[]> {
  const environment = inject('gatewayEnvironment')
  const database = connectDatabase({ url: stack.appDatabaseUrl })
  const keys = await loadKeyRings(database, Buffer.from(environment['MASTER_KEY'] ?? '', 'base64'))
  const value = visitor.cookies.get('__Host-Http-session') ?? ''
  const password = await keys.passwordsToOpen(value)
  const cookie = await unsealData<{ sessionId: string; secret: string }>(value, { password })
  const sql = owner()
  const [row] =
    await sql`select refresh_token_sealed as sealed from sessions where id_hash = ${hashSessionId(cookie.sessionId)}`
  await sql.end()
  const refreshToken = await keys.openAtRest(String(row?.['sealed']), cookie.secret)
  await database.close()
  expect(refreshToken?.length, 'the provider gave a refresh token').toBeGreaterThan(20)
  return [
    refreshToken ?? '',
    cookie.sessionId,
    cookie.secret,
    String(environment['OIDC_CLIENT_SECRET']),
    String(environment['MASTER_KEY']),
    ...Object.values(password),
  ]
}

beforeAll(async () => {
  app = await startEchoApp()
  await operate('PUT', '/admin/dashboards/echo-secrets', { title: 'Echo', appUrl: app.url })
  await operate('POST', '/admin/tenants/acme-corp/dashboards', {
    slug: 'echo-secrets',
    position: 98,
  })
  acme = await signedIn('viewer@acme.test')
  await eventually(
    () => acme.script('/dashboard/echo-secrets/_dash-layout'),
    ({ status }) => status === 200,
  )
  canaries = await secretsOf(acme)
  for (const path of [
    '/',
    '/session',
    '/logout',
    '/tenant',
    '/nothing',
    '/dashboard/loss-development/',
    '/dashboard/echo-secrets/',
  ]) {
    await acme.ask(path, { headers: asNavigation })
    await acme.ask(path, { headers: asFrame })
    await acme.script(path)
  }
  await acme.script('/dashboard/loss-development/_dash-layout')
  await acme.script('/auth/callback?state=x&code=y')
})

afterAll(async () => {
  await operate('DELETE', '/admin/tenants/acme-corp/dashboards/echo-secrets')
  await app.stop()
})

const found = (text: string) =>
  canaries
    .map((canary, index) => (text.includes(canary) ? index : -1))
    .filter((index) => index >= 0)

describe('B7: secrets of the provider and of the session', () => {
  it('are in no byte that a browser received, but for the sealed cookie', () => {
    for (const { url, headers, text } of acme.answers.filter(({ url }) =>
      url.startsWith(stack.publicUrl),
    )) {
      const everything = JSON.stringify([...headers]) + text
      expect(found(everything), url).toEqual([])
      // No token of any kind has business in a browser: neither the provider's nor the tenant token.
      expect(everything, url).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}\./)
    }
  })

  it('are in nothing that an app received, and the only token there is the tenant token', () => {
    expect(app.seen.length).toBeGreaterThan(0)
    for (const request of app.seen) {
      expect(found(JSON.stringify(request))).toEqual([])
      expect(JSON.stringify(request).match(/eyJ[\w-]{10,}\.[\w-]{10,}\./g)).toHaveLength(1)
      expect(JSON.stringify(request)).not.toContain('Fe26.2')
    }
  })

  it('are in no log, metric or database row', async () => {
    expect(found(await (await fetch(`${stack.opsUrl}/metrics`)).text())).toEqual([])
    for (const file of await readdir(stack.logs)) {
      const log = await readFile(join(stack.logs, file), 'utf8')
      expect(found(log), file).toEqual([])
      if (file === 'gateway.log') expect(log).not.toMatch(/eyJ[\w-]{10,}\.|Fe26\.2\*/)
    }
    const sql = owner()
    for (const table of ['sessions', 'key_rings', 'audit_logs', 'preferences']) {
      const rows = await sql`select * from ${sql(table)}`
      expect(found(JSON.stringify(rows)), table).toEqual([])
    }
    await sql.end()
  })
})
