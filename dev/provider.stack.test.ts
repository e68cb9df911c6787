import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { accounts } from './demo.ts'
import type { Part } from './part.ts'
import { freePorts } from './ports.ts'
import { writePrivateJson } from './private-file.ts'
import { createProvider } from './provider.ts'
import { type Reaper, startReaper } from './reaper.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()
const usersFile = join(directory, 'users.json')
const clientSecret = 'a-secret-of-the-test-client'
const pipelineSecret = 'a-secret-of-the-test-pipeline'
const logoutTokens: string[] = []

let issuer: string
let gatewayUrl: string
let gateway: Server
let provider: Part
let reaper: Reaper

beforeAll(async () => {
  writePrivateJson(usersFile, accounts)
  gateway = createServer((request, response) => {
    void text(request).then((body) => {
      logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? '')
      return response.end()
    })
  })
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve))
  gatewayUrl = `http://localhost:${(gateway.address() as AddressInfo).port}`
  const { provider: port } = await freePorts(0)
  issuer = `http://localhost:${port}`
  reaper = startReaper()
  provider = createProvider(
    {
      issuer,
      port,
      directory,
      usersFile,
      gatewayUrl,
      clientId: 'dashgate',
      clientSecret,
      pipelineSecret,
      cookieKey: randomBytes(32).toString('base64url'),
      accessTokenSeconds: 90,
    },
    {
      logDirectory: join(directory, 'logs'),
      reaper,
      signal: new AbortController().signal,
      onCrash: () => {},
    },
  )
  await provider.start()
})

afterAll(async () => {
  await provider.stop()
  await reaper.close()
  gateway.close()
})

/** A browser as far as the provider can tell: it keeps cookies and follows no redirect by itself. */
class Browser {
  readonly #cookies = new Map<string, string>()

  async open(url: string, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(new URL(url, issuer), {
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    const value = pair.slice(at + 1)
    if (value) this.#cookies.set(pair.slice(0, at), value)
    else this.#cookies.delete(pair.slice(0, at))
  }

  /** Redirects that stay at the provider; the first that leaves it is the answer. */
  async follow(response: Response): Promise<string> {
    const next = new URL(response.headers.get('location') ?? '', issuer)
    return next.origin === issuer ? this.follow(await this.open(next.href)) : next.href
  }
}

const verifier = randomBytes(32).toString('base64url')

function authorizationRequest(): string {
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const query = new URLSearchParams({
    client_id: 'dashgate',
    response_type: 'code',
    redirect_uri: `${gatewayUrl}/auth/callback`,
    scope: 'openid email offline_access',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  return `/auth?${query.toString()}`
}

interface Tokens {
  access_token: string
  id_token: string
  refresh_token: string
  expires_in: number
  error?: string
}

async function tokens(
  form: Record<string, string>,
  client = `dashgate:${clientSecret}`,
): Promise<Tokens> {
  const authorization = Buffer.from(client).toString('base64')
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${authorization}` },
    body: new URLSearchParams(form),
  })
  return (await response.json()) as Tokens
}

function claimsOf(jwt: string): Record<string, unknown> {
  const [, payload = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
}

async function signIn(browser: Browser, login: string): Promise<Tokens> {
  const form = await browser.open(authorizationRequest())
  const action = form.headers.get('location') ?? ''
  expect((await browser.open(action)).status).toBe(200)
  const back = await browser.follow(await browser.open(action, { login, password: 'demo' }))
  const callback = new URL(back)
  expect(callback.searchParams.get('state')).toBe('a-state')
  return tokens({
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    redirect_uri: `${gatewayUrl}/auth/callback`,
    code_verifier: verifier,
  })
}

const refresh = (token: string) => tokens({ grant_type: 'refresh_token', refresh_token: token })

describe('the OpenID provider', () => {
  it('signs in without asking for consent, with all claims in the ID token', async () => {
    const { id_token, expires_in } = await signIn(new Browser(), 'viewer@acme.test')
    expect(expires_in).toBe(90)
    expect(claimsOf(id_token)).toMatchObject({
      iss: issuer,
      aud: 'dashgate',
      nonce: 'a-nonce',
      tenant_id: 'acme-corp',
      role: 'viewer',
      email: 'viewer@acme.test',
      sid: expect.any(String) as string,
    })
  })

  it('gives staff no tenant of their own', async () => {
    const { id_token } = await signIn(new Browser(), 'actuary@kyros.test')
    expect(claimsOf(id_token)).toMatchObject({ role: 'admin' })
    expect(claimsOf(id_token)).not.toHaveProperty('tenant_id')
    expect(claimsOf(id_token)).not.toHaveProperty('tenants')
  })

  it('shows the form again, escaped, after a wrong password', async () => {
    const browser = new Browser()
    const action = (await browser.open(authorizationRequest())).headers.get('location') ?? ''
    const again = await browser.open(action, { login: '"><i>@acme.test', password: 'wrong' })
    const html = await again.text()
    expect(again.status).toBe(200)
    expect(html).toContain('do not belong together')
    expect(html).not.toContain('"><i>')
  })

  it('refuses an authorization request without PKCE', async () => {
    const url = authorizationRequest().replaceAll(/&code_challenge(_method)?=[^&]*/g, '')
    const back = await new Browser().open(url)
    expect(back.headers.get('location')).toContain('error=invalid_request')
  })

  it('rotates the refresh token, reads claims anew, and outlives a restart', async () => {
    const browser = new Browser()
    const first = await signIn(browser, 'viewer@globex.test')
    await provider.stop()
    await provider.start()
    const promoted = accounts.map((account) =>
      account.login === 'viewer@globex.test'
        ? { ...account, claims: { role: 'viewer', tenant_id: 'initech' } }
        : account,
    )
    writePrivateJson(usersFile, promoted)
    const second = await refresh(first.refresh_token)
    writePrivateJson(usersFile, accounts)
    expect(claimsOf(second.id_token)).toMatchObject({ tenant_id: 'initech' })
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await refresh(first.refresh_token)).error).toBe('invalid_grant')
  })

  it('refuses to refresh for an account that is gone', async () => {
    const { refresh_token } = await signIn(new Browser(), 'viewer@initech.test')
    writePrivateJson(usersFile, accounts.slice(0, 1))
    const { error } = await refresh(refresh_token)
    writePrivateJson(usersFile, accounts)
    expect(error).toBe('invalid_grant')
  })

  it('signs out without asking, tells the gateway, and ends the refresh token', async () => {
    const browser = new Browser()
    const { id_token, refresh_token } = await signIn(browser, 'viewer@acme.test')
    const query = new URLSearchParams({
      client_id: 'dashgate',
      post_logout_redirect_uri: `${gatewayUrl}/logout`,
    })
    const html = await (await browser.open(`/session/end?${query.toString()}`)).text()
    expect(html).toContain("document.getElementById('op.logoutForm').submit()")
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const end = await browser.open('/session/end/confirm', { xsrf, logout: 'yes' })
    expect(end.headers.get('location')).toBe(`${gatewayUrl}/logout`)
    expect(logoutTokens.map((token) => claimsOf(token)['sid'])).toContain(claimsOf(id_token)['sid'])
    expect((await refresh(refresh_token)).error).toBe('invalid_grant')
  })

  it('gives the pipeline a token of its own for the admin API, and nothing else', async () => {
    const pipeline = `dashgate-pipeline:${pipelineSecret}`
    const asked = { grant_type: 'client_credentials', scope: 'dashgate.admin' }
    const { access_token } = await tokens(asked, pipeline)
    expect(claimsOf(access_token)).toMatchObject({
      iss: issuer,
      aud: 'dashgate-admin',
      sub: 'dashgate-pipeline',
      client_id: 'dashgate-pipeline',
      scope: 'dashgate.admin',
    })
    const elsewhere = await tokens({ ...asked, resource: 'urn:dashgate:other' }, pipeline)
    expect(elsewhere.error).toBe('invalid_target')
    expect((await tokens(asked, 'dashgate-pipeline:guessed')).error).toBe('invalid_client')
  })

  it('gives neither people nor the gateway a token for the admin API', async () => {
    const asked = { grant_type: 'client_credentials', scope: 'dashgate.admin' }
    expect((await tokens(asked)).error).toBe('invalid_request')
    const resource = encodeURIComponent('urn:dashgate:admin')
    const back = await new Browser().open(`${authorizationRequest()}&resource=${resource}`)
    expect(back.headers.get('location')).toContain('error=invalid_target')
  })

  it('keeps its keys to itself', () => {
    expect(readFileSync(join(directory, 'provider-keys.json'), 'utf8')).toContain('"d"')
    expect(readFileSync(join(directory, 'logs', 'provider.log'), 'utf8')).not.toContain(
      clientSecret,
    )
  })
})
