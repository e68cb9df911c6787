import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unsealData } from 'iron-session'
import { exportJWK, generateKeyPair } from 'jose'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStack, type Stack } from '../../dev/stack.ts'
import { connectDatabase } from '../src/db/client.ts'
import { loadKeyRings } from '../src/keys/key-rings.ts'
import { createTenantTokens } from '../src/keys/tenant-token.ts'
import { hashSessionId } from '../src/session/session-store.ts'
import { Visitor, asFrame, asNavigation, type Answer } from './support/visitor.ts'

/** A stack of its own, since its parts are stopped one by one. */
let stack: Stack
let directory: string
let acme: Visitor

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashgate-failures-'))
  stack = await startStack({
    directory,
    dashApps: ['loss-development'],
    // Due for a refresh two seconds after sign-in, and again two seconds after each refresh.
    accessTokenSeconds: 3,
    gateway: { environment: { REVOCATION_GRACE_SECONDS: '0', UPSTREAM_TIMEOUT_SECONDS: '3' } },
  })
  acme = new Visitor(stack.info.publicUrl)
  await acme.signIn('viewer@acme.test')
  await acme.script('/dashboard/loss-development/_dash-layout')
}, 120_000)

afterAll(async () => {
  await stack.stop()
  await rm(directory, { recursive: true, force: true })
})

const page = (who: Visitor, path: string) => who.ask(path, { headers: asNavigation })
const frame = () => acme.ask('/dashboard/loss-development/', { headers: asFrame })

/** Says what happened, with the request id, before a person gives up (5 s is the promise). */
function expectClear(answer: Answer, status: number, code: string) {
  expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([status, code])
  const id = answer.headers.get('x-request-id') ?? ''
  expect(answer.text).toContain(id)
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('no answer within 5 s')), 5000).unref(),
  )
  return Promise.race([work, late])
}

async function recovers(ask: () => Promise<Answer>) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await ask()
    if (answer.status < 400) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('it did not recover')
}

describe('X5: without the app', () => {
  it('its dashboard says so, and works again as soon as the app does', async () => {
    await stack.parts.dashApps.get('loss-development')?.stop()
    expectClear(await inTime(frame()), 502, 'app_unreachable')
    expectClear(
      await inTime(acme.script('/dashboard/loss-development/_dash-layout')),
      502,
      'app_unreachable',
    )
    expect((await page(acme, '/')).status).toBe(200)
    await stack.parts.dashApps.get('loss-development')?.start()
    await recovers(frame)
  }, 90_000)

  it('that hangs is given up', async () => {
    stack.parts.dashApps.get('loss-development')?.signal('SIGSTOP')
    expectClear(await inTime(frame()), 504, 'app_too_slow')
    stack.parts.dashApps.get('loss-development')?.signal('SIGCONT')
    await recovers(frame)
  }, 60_000)
})

describe('without the provider', () => {
  it('X3: nobody is signed out, sign-in says so, and works again as soon as the provider does', async () => {
    await stack.parts.provider.stop()
    expect((await page(acme, '/')).status).toBe(200)
    await stack.parts.gateway?.stop()
    await stack.parts.gateway?.start()
    const one = new Visitor(stack.info.publicUrl)
    expectClear(await inTime(page(one, '/login')), 503, 'provider_unavailable')
    expect((await page(acme, '/')).status).toBe(200)
    await stack.parts.provider.start()
    await recovers(() => page(one, '/login'))
    expect((await one.signIn('viewer@acme.test')).status).toBe(200)
  }, 60_000)
})

describe('a provider that hangs', () => {
  it('X3: holds nobody up for long, at a sign-in or at a refresh', async () => {
    const globex = new Visitor(stack.info.publicUrl)
    await globex.signIn('viewer@globex.test')
    stack.parts.provider.signal('SIGSTOP')
    try {
      const one = new Visitor(stack.info.publicUrl)
      // Its document is known already: the sign-in fails where the provider itself would be asked.
      expect((await inTime(page(one, '/login'))).status).toBe(302)
      // Its tokens become due: whoever asks waits a moment for the provider, and goes on without it.
      for (let turn = 0; turn < 20; turn += 1) {
        expect((await inTime(globex.script('/session'))).status).toBe(200)
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    } finally {
      stack.parts.provider.signal('SIGCONT')
    }
    // It may have used up a refresh token whose successor nobody got: another sign-in works at once.
    await recovers(async () => {
      await globex.signIn('viewer@globex.test')
      return globex.script('/session')
    })
  }, 120_000)
})

describe('a provider that signs with another key', () => {
  it('X4: is believed soon after, without a restart', async () => {
    const signsIn = async () => {
      const one = new Visitor(stack.info.publicUrl)
      await one.signIn('viewer@globex.test')
      return one.script('/session')
    }
    expect((await signsIn()).status).toBe(200)
    await stack.parts.provider.stop()
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }
    await writeFile(join(directory, 'provider-keys.json'), JSON.stringify({ keys: [key] }))
    await stack.parts.provider.start()
    // The first one finds that the key is missing, and has the keys read again.
    await recovers(signsIn)
  }, 120_000)
})

describe('the tokens of the provider', () => {
  const sealedToken = async () => {
    const sql = postgres(stack.info.databaseUrl, { max: 1 })
    const rows = await sql<{ sealed: string }[]>`
      select refresh_token_sealed as sealed from sessions
      where revoked_at is null and email = 'viewer@globex.test' order by created_at desc limit 1`
    await sql.end()
    return rows[0]?.sealed
  }

  it('V10: are renewed on the way, and changed claims end the session', async () => {
    const globex = new Visitor(stack.info.publicUrl)
    await globex.signIn('viewer@globex.test')
    const first = await sealedToken()
    const ask = () => globex.script('/session')
    let second = first
    for (let tries = 0; tries < 100 && second === first; tries += 1) {
      expect((await ask()).status).toBe(200)
      second = await sealedToken()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(second).not.toBe(first)

    const users = await readFile(stack.info.users, 'utf8')
    await writeFile(
      stack.info.users,
      users.replace('"tenant_id": "globex"', '"tenant_id": "initech"'),
    )
    let answer = await ask()
    for (let tries = 0; tries < 100 && answer.status === 200; tries += 1) {
      expect(JSON.parse(answer.text)).toMatchObject({ activeTenant: 'globex' })
      await new Promise((resolve) => setTimeout(resolve, 100))
      answer = await ask()
    }
    expect(answer.status).toBe(401)
    await globex.signIn('viewer@globex.test')
    expect(JSON.parse((await ask()).text)).toMatchObject({ activeTenant: 'initech' })
    await writeFile(stack.info.users, users)
  }, 60_000)
})

describe('without the database', () => {
  it('X1, V52: nothing is served that cannot be checked or recorded, and nobody is signed out', async () => {
    await stack.parts.postgres.stop()
    const answer = await inTime(acme.script('/dashboard/loss-development/_dash-layout'))
    expect(answer.status).toBe(503)
    expect(answer.text).toContain(answer.headers.get('x-request-id') ?? 'no id')
    const fresh = await inTime(page(new Visitor(stack.info.publicUrl), '/logout'))
    expect(fresh.status).toBe(200)
    expect((await fetch(`${stack.info.opsUrl}/readyz`)).status).toBe(503)
    expect((await fetch(`${stack.info.opsUrl}/livez`)).status).toBe(200)
    expect(acme.cookies.get('__Host-Http-session')).toBeTruthy()
    await stack.parts.postgres.start()
    await recovers(() => acme.script('/dashboard/loss-development/_dash-layout'))
    expect((await frame()).status).toBe(200)
  }, 60_000)
})

describe('a database that is restarted under load', () => {
  it('X1: is found again by itself; meanwhile each request is answered or told to come back', async () => {
    const { gateway, postgres } = stack.parts
    const pid = gateway?.pid
    const statuses: number[] = []
    const over = new AbortController()
    const load = Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) {
        const { status } = await acme.script('/dashboard/loss-development/_dash-layout')
        statuses.push(status)
        // A refusal comes at once; asking on and on would only heat the room.
        if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })
    try {
      for (let round = 0; round < 2; round += 1) {
        await postgres.kill()
        const refused = statuses.length
        await expect.poll(() => statuses.slice(refused), { timeout: 20_000 }).toContain(503)
        await postgres.start()
        const back = statuses.length
        await expect.poll(() => statuses.slice(back), { timeout: 20_000 }).toContain(200)
      }
    } finally {
      over.abort()
      await Promise.all(load)
    }
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect(gateway?.pid).toBe(pid)
    await recovers(async () => page(new Visitor(stack.info.publicUrl), '/login'))
  }, 120_000)
})

describe('without the blob store', () => {
  /** A tenant token as the gateway gives it to the app, for the session of the viewer. */
  async function tenantToken(): Promise<string> {
    const database = connectDatabase({ url: stack.info.appDatabaseUrl })
    const masterKey = Buffer.from(stack.gatewayEnvironment['MASTER_KEY'] ?? '', 'base64')
    const keys = await loadKeyRings(database, masterKey)
    const cookie = acme.cookies.get('__Host-Http-session') ?? ''
    const { sessionId } = await unsealData<{ sessionId: string }>(cookie, {
      password: await keys.passwordsToOpen(cookie),
    })
    const { token } = await createTenantTokens(keys, { issuer: stack.info.publicUrl }).sign({
      sub: 'viewer',
      tenantId: 'acme-corp',
      role: 'viewer',
      email: 'viewer@acme.test',
      dashboard: 'loss-development',
      sid: hashSessionId(sessionId),
    })
    await database.close()
    return token
  }

  it('X6: the data API says so in JSON, the dashboard in words, and both work again as soon as it does', async () => {
    const headers = { authorization: `Bearer ${await tenantToken()}` }
    const data = () => fetch(`${stack.info.internalUrl}/datasets/triangles`, { headers })
    expect((await data()).status).toBe(200)

    await stack.parts.azurite.stop()
    const refused = await inTime(data())
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      error: 'storage_unavailable',
      requestId: refused.headers.get('x-request-id'),
    })
    const layout = await inTime(acme.script('/dashboard/loss-development/_dash-layout'))
    expect(layout.status).toBe(200)
    expect(layout.text).toContain('The data cannot be shown just now')
    expect((await inTime(page(acme, '/'))).status).toBe(200)

    await stack.parts.azurite.start()
    await recovers(() => acme.script('/dashboard/loss-development/_dash-layout'))
    expect((await data()).status).toBe(200)
  }, 60_000)
})
