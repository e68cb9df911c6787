import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../test-support/postgres.ts'
import { documentedSettings, onThisMachine } from './support/documented-settings.ts'
import { azureAdB2c } from './support/dress-azure-ad-b2c.ts'
import { entraExternalId } from './support/dress-entra-external-id.ts'
import { generic } from './support/dress-generic.ts'
import type { Claims, Dress } from './support/dress.ts'
import { startDressedProvider, type DressedProvider } from './support/dressed-provider.ts'
import { startGateways, type Gateways } from './support/replicas.ts'
import { eventually, owner, stack } from './support/stack.ts'
import { Visitor, asNavigation, type Answer } from './support/visitor.ts'

const cookie = '__Host-Http-session'

/** A provider in one dress and gateways for it, started with the settings that the documentation has. */
function scene(dress: Dress) {
  let provider: DressedProvider
  let gateways: Gateways
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dashgate-provider-'))
    const port = await freePort()
    const settings = onThisMachine(documentedSettings(dress.heading), port)
    provider = await startDressedProvider(dress, {
      port,
      issuer: settings['OIDC_ISSUER'] ?? '',
      clientId: settings['OIDC_CLIENT_ID'] ?? '',
      clientSecret: settings['OIDC_CLIENT_SECRET'] ?? '',
      gatewayUrl: stack.publicUrl,
      directory,
    })
    gateways = await startGateways(2, {
      environment: { ...inject('gatewayEnvironment'), ...settings },
      logs: stack.logs,
      // The second one knows no place for people who forgot their password.
      override: (index): Record<string, string> =>
        index === 0 ? {} : { OIDC_PASSWORD_RESET_POLICY: '' },
    })
  }, 120_000)

  afterAll(async () => {
    await gateways?.stop()
    await provider?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  afterEach(() => {
    provider.state.alter = (claims) => claims
  })

  return {
    get provider() {
      return provider.state
    },
    /** Where browsers find the provider's pages. */
    get providerOrigin() {
      return `http://localhost:${provider.port}`
    },
    log: async () => (await gateways.replicas[0]?.log()) ?? '',
    visitor(replica: 0 | 1 = 0) {
      const one = new Visitor(stack.publicUrl)
      one.via = gateways.replicas[replica]?.url
      return one
    },
    /** From now on the provider says something else of whoever it is. */
    saying(changes: Claims) {
      provider.state.alter = (claims) => {
        const changed = Object.entries({ ...claims, ...changes })
        return Object.fromEntries(changed.filter(([, value]) => value !== undefined))
      }
    },
  }
}

async function refusalsOf(requestId: string) {
  const sql = owner()
  const lines = await sql<{ actor: string; detail: unknown }[]>`
    select actor, detail from audit_logs
    where action = 'sign_in.refused' and request_id = ${requestId}`
  await sql.end()
  return lines
}

/** What a page says to a person, without its markup. */
const wordsOf = ({ text }: Answer) =>
  text
    .replaceAll(/<(?:script|style|head)[\s\S]*?<\/(?:script|style|head)>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')

/** Lines of the log are written after the answer. */
const inTime = { timeout: 10_000 }

/** What a page asks again and again; some of it finds a refresh due. */
const ask = (one: Visitor) => () => one.script('/session')
const isRefused = ({ status }: Answer) => status !== 200

function expectRefused(answer: Answer, code: string) {
  expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([403, code])
  expect(answer.text).toContain(answer.headers.get('x-request-id'))
}

/** What must hold with each of them. */
function everyProvider(dress: Dress, at: ReturnType<typeof scene>) {
  it('a viewer signs in with the claims that the documentation names', async () => {
    const one = at.visitor()
    const page = await one.signIn('viewer@acme.test', '/dashboard/loss-development/?lob=a')
    expect([page.status, page.url]).toEqual([
      200,
      `${stack.publicUrl}/dashboard/loss-development/?lob=a`,
    ])
    expect(JSON.parse((await one.script('/session')).text)).toMatchObject({
      user: { email: 'viewer@acme.test' },
      role: 'viewer',
      activeTenant: 'acme-corp',
    })
  })

  it('staff sign in, and a claim limits them to some tenants', async () => {
    const all = at.visitor()
    await all.signIn('actuary@kyros.test')
    const demo = ['acme-corp', 'globex', 'initech'].map((id) => expect.objectContaining({ id }))
    expect(JSON.parse((await all.script('/session')).text)).toMatchObject({
      role: 'admin',
      // Other scenarios add tenants.
      tenants: expect.arrayContaining(demo) as unknown[],
    })
    at.saying({ [dress.tenantClaim.replace('tenant_id', 'tenants')]: 'globex, acme-corp' })
    const some = at.visitor()
    await some.signIn('actuary@kyros.test')
    expect(JSON.parse((await some.script('/session')).text)).toMatchObject({
      role: 'admin',
      tenants: [{ id: 'acme-corp' }, { id: 'globex' }],
    })
  })

  it('renews its tokens, and takes up what the provider says anew', async () => {
    const one = at.visitor()
    await one.signIn('viewer@acme.test')
    const before = at.provider.tokenRequests.length
    const grants = () =>
      at.provider.tokenRequests.slice(before).map((request) => request['grant_type'])
    const answer = await eventually(ask(one), () => grants().length >= 2)
    expect([answer.status, ...grants()]).toEqual([200, 'refresh_token', 'refresh_token'])
    expect(at.provider.tokenRequests.at(-1)?.['client_secret'] !== undefined).toBe(
      dress.clientAuthentication === 'client_secret_post',
    )
    at.saying({ [dress.tenantClaim]: 'globex' })
    expect((await eventually(ask(one), isRefused)).status).toBe(401)
  })

  it('B4, V10: ends a session whose person has lost the role, and not only refuses the next sign-in', async () => {
    const one = at.visitor()
    await one.signIn('viewer@acme.test')
    at.saying({ role: undefined, roles: [], extension_role: undefined })
    expect((await eventually(ask(one), isRefused)).status).toBe(401)
  })

  it('signs out here and there', async () => {
    const one = at.visitor()
    await one.signIn('viewer@acme.test')
    const asked = await one.ask('/logout', { headers: asNavigation })
    expect(asked.headers.get('content-security-policy')).toMatch(
      new RegExp(`form-action 'self'[^;]* ${at.providerOrigin}`),
    )
    const answer = await one.submit('/logout', {})
    const target = new URL(answer.headers.get('location') ?? '')
    expect(target.origin + target.pathname).toBe(at.providerOrigin + dress.routes.end_session)
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${stack.publicUrl}/logout`)
    expect(target.searchParams.has('id_token_hint')).toBe(false)
    expect(one.cookies.get(cookie)).toBeUndefined()
    if (!dress.signsOutAtOnce) return
    expect((await one.visit(target.href)).url).toBe(`${stack.publicUrl}/logout`)
    // Nobody is signed in there any more: it asks.
    expect((await one.visit('/login')).text).toContain('name="password"')
  })

  it('refuses whoever has no tenant, says so and whom to ask, and leads out of the circle', async () => {
    const one = at.visitor()
    const contact = documentedSettings(dress.heading)['SUPPORT_CONTACT']
    at.saying({ [dress.tenantClaim]: undefined })
    const refused = await one.signIn('viewer@acme.test', '/dashboard/claims-monitor/')
    expectRefused(refused, 'claims_unusable')
    expect(wordsOf(refused)).toContain('it belongs to no organisation')
    expect(wordsOf(refused)).toContain(`ask ${contact ?? 'whoever manages your account'}`)
    expect(one.cookies.get(cookie)).toBeUndefined()
    // The provider still knows them: simply signing in again comes to the same, without a question.
    expectRefused(await one.visit('/login'), 'claims_unusable')
    const other = /href="(\/login[^"]*account=other[^"]*)"/.exec(refused.text)?.[1] ?? ''
    const form = await one.visit(other.replaceAll('&amp;', '&'))
    expect(form.text).toContain('name="password"')
    expect(at.provider.authorizationRequests.at(-1)?.['prompt']).toBe(
      dress === entraExternalId ? 'select_account' : 'login',
    )
    expect(refused.text).toMatch(/<form method="post" action="\/logout">/)
    expect(refused.headers.get('content-security-policy')).toContain(at.providerOrigin)
  })

  it.each([
    [{ role: 'viewer' }, ['viewer', 'admin'], 'several_roles'],
    [{ role: 'nobody' }, ['nobody'], 'no_role'],
  ])('refuses %j and %j, and writes down why, but not what', async (_, roles, reason) => {
    const one = at.visitor()
    at.saying({ role: roles, roles, extension_role: roles, [dress.tenantClaim]: 'told-nobody' })
    const refused = await one.signIn('viewer@globex.test')
    expectRefused(refused, 'claims_unusable')
    const requestId = refused.headers.get('x-request-id') ?? ''
    const lines = await refusalsOf(requestId)
    const detail = { reason, address: '127.0.0.1' }
    expect(lines).toEqual([{ actor: expect.stringMatching(/^[0-9a-f]{32}$/), detail }])
    await expect.poll(at.log, inTime).toContain('came to nothing')
    await expect.poll(at.log, inTime).toContain(`"reason":"${reason}"`)
    expect((await at.log()) + JSON.stringify(lines)).not.toContain('told-nobody')
  })

  it('O3, V45: refuses a token that another issuer of the same keys made', async () => {
    const one = at.visitor()
    at.saying({ iss: 'https://contoso.b2clogin.com/1b380119-2f96-4cc9-a78e-74f72c6833ee/v2.0/' })
    const refused = await one.signIn('viewer@acme.test')
    expect([refused.status, refused.headers.get('x-gateway-error')]).toEqual([
      400,
      'sign_in_failed',
    ])
    expect(one.cookies.get(cookie)).toBeUndefined()
    await expect.poll(at.log, inTime).toContain('unexpected JWT \\"iss\\" (issuer) claim value')
  })

  it('takes whoever cancelled back to where they can begin again', async () => {
    const one = at.visitor()
    const form = await one.visit('/login?return_to=/dashboard/claims-monitor/')
    const page = await one.visit(`${form.url}/cancel`)
    expect([page.status, page.headers.get('x-gateway-error')]).toEqual([400, 'sign_in_cancelled'])
    expect(page.text).toContain('href="/login?return_to=%2Fdashboard%2Fclaims-monitor%2F"')
    // What the provider wrote is for the log.
    expect(page.text).not.toContain(dress.cancelled.error_description.slice(0, 12))
    await expect.poll(at.log, inTime).toContain(dress.cancelled.error_description.slice(0, 12))
  })
}

describe('with Azure AD B2C', () => {
  const at = scene(azureAdB2c)
  everyProvider(azureAdB2c, at)

  it('refuses a token of another policy, though issuer, keys and audience are the same', async () => {
    const one = at.visitor()
    at.saying({ tfp: 'B2C_1_sign_up' })
    const refused = await one.signIn('viewer@acme.test')
    expectRefused(refused, 'wrong_policy')
    expect(await refusalsOf(refused.headers.get('x-request-id') ?? '')).toMatchObject([
      { detail: { reason: 'wrong_policy' } },
    ])
  })

  it('keeps no session whose renewed token is of another policy', async () => {
    const one = at.visitor()
    await one.signIn('viewer@acme.test')
    at.saying({ tfp: 'B2C_1_sign_up' })
    expect((await eventually(ask(one), isRefused)).status).toBe(401)
  })

  it('sends whoever forgot the password to get a new one, which is no sign-in', async () => {
    const one = at.visitor()
    const form = await one.visit('/login?return_to=/dashboard/claims-monitor/')
    const before = at.provider.tokenRequests.length
    const page = await one.visit(`${form.url}/forgot`)
    expect(at.provider.authorizationRequests.find(({ policy }) => policy)).toMatchObject({
      policy: 'B2C_1_passwordreset',
      redirect_uri: `${stack.publicUrl}/auth/callback`,
    })
    // Back at the sign-in, and nothing of the other policy was redeemed.
    expect(page.text).toContain('name="password"')
    expect(at.provider.tokenRequests).toHaveLength(before)
    expect(one.cookies.get(cookie)).toBeUndefined()
    const done = await one.signIn('viewer@acme.test', '/dashboard/claims-monitor/')
    expect(done.url).toBe(`${stack.publicUrl}/dashboard/claims-monitor/`)
  })

  it('says so where there is no such place', async () => {
    const one = at.visitor(1)
    const form = await one.visit('/login')
    const page = await one.visit(`${form.url}/forgot`)
    expect([page.status, page.headers.get('x-gateway-error')]).toEqual([400, 'password_forgotten'])
    expect(wordsOf(page)).toContain('ask help@contoso.example')
  })
})

describe('with Microsoft Entra External ID', () => {
  const at = scene(entraExternalId)
  everyProvider(entraExternalId, at)

  it('V45: refuses whoever belongs to another directory', async () => {
    const one = at.visitor()
    at.saying({ tid: '1b380119-2f96-4cc9-a78e-74f72c6833ee' })
    expectRefused(await one.signIn('viewer@acme.test'), 'wrong_directory')
  })
})

describe('with any other provider', () => {
  everyProvider(generic, scene(generic))
})
