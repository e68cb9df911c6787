import { describe, expect, it } from 'vitest'
import { signedIn, stack, visitor } from './support/stack.ts'
import { asFrame, asNavigation, asScript, nextOf } from './support/visitor.ts'

const cookie = '__Host-Http-session'

describe('without a session', () => {
  it('a person is sent to sign-in and comes back to where they wanted to go', async () => {
    const one = visitor()
    const first = await one.ask('/dashboard/loss-development/?lob=a', { headers: asNavigation })
    expect([first.status, nextOf(first.text)]).toEqual([
      200,
      '/auth/return?return_to=%2Fdashboard%2Floss-development%2F%3Flob%3Da',
    ])
    const second = await one.ask(nextOf(first.text), { headers: asNavigation })
    expect([second.status, second.headers.get('location')]).toEqual([
      302,
      '/login?return_to=%2Fdashboard%2Floss-development%2F%3Flob%3Da',
    ])
    const page = await one.signIn('viewer@acme.test', '/dashboard/loss-development/?lob=a')
    expect([page.status, page.url]).toEqual([
      200,
      `${stack.publicUrl}/dashboard/loss-development/?lob=a`,
    ])
  })

  it('a tool that follows redirects and asks for anything can sign in, too', async () => {
    const one = visitor()
    await one.signIn('viewer@acme.test')
    const answer = await one.ask('/auth/return?return_to=%2F&after=sign-in', {
      headers: { accept: '*/*' },
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  })

  it('a client that asks for a page as no browser does is led to sign-in by redirects alone', async () => {
    const { status, headers } = await visitor().ask('/dashboard/loss-development/?a=1', {
      headers: { accept: 'text/html' },
    })
    expect([status, headers.get('location')]).toEqual([
      302,
      '/login?return_to=%2Fdashboard%2Floss-development%2F%3Fa%3D1',
    ])
  })

  it.each([
    '/session',
    '/dashboard/loss-development/_dash-layout',
    '/dashboard/nope/',
    '/api/preferences/loss-development',
  ])('a script gets 401 as JSON for %s, never a redirect', async (path) => {
    const answer = await visitor().script(path)
    expect(answer.status).toBe(401)
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'session_expired',
      detail: 'JWT Expired',
    })
    expect(answer.headers.get('x-gateway-error')).toBe('session_expired')
    expect(answer.headers.has('location')).toBe(false)
  })

  it('a frame gets a page that says so, not the sign-in page of the provider', async () => {
    const answer = await visitor().ask('/dashboard/loss-development/', { headers: asFrame })
    expect(answer.status).toBe(401)
    expect(answer.text).toMatch(/<html/)
    expect(answer.text).toContain('/login')
  })

  // SameSite=Strict: a link in a mail arrives without the cookie, though there is one.
  it('B3: a navigation from another site is made to come from here first, once', async () => {
    const one = visitor()
    const first = await one.ask('/dashboard/loss-development/?a=1', {
      headers: { ...asNavigation, 'sec-fetch-site': 'cross-site' },
    })
    expect(first.status).toBe(200)
    const signedInAlready = await signedIn('viewer@acme.test')
    const second = await signedInAlready.ask(nextOf(first.text), {
      headers: { ...asNavigation, 'sec-fetch-site': 'same-origin' },
    })
    expect([second.status, second.headers.get('location')]).toEqual([
      303,
      '/dashboard/loss-development/?a=1',
    ])
  })
})

describe('the sign-in', () => {
  it('B1, O1: asks with a code, PKCE, state and nonce', async () => {
    const answer = await visitor().ask('/login', { headers: asNavigation })
    const query = new URL(answer.headers.get('location') ?? '').searchParams
    expect(query.get('response_type')).toBe('code')
    expect(query.get('code_challenge_method')).toBe('S256')
    for (const name of ['code_challenge', 'state', 'nonce'])
      expect(query.get(name)?.length, name).toBeGreaterThan(40)
  })

  it('B2: sets cookies that only a browser over TLS or localhost sends back, and no script can read', async () => {
    const one = await signedIn('viewer@acme.test')
    const set = one.answers
      .filter(({ url }) => url.startsWith(stack.publicUrl))
      .flatMap(({ headers }) => headers.getSetCookie())
    expect(set.length).toBeGreaterThanOrEqual(3)
    for (const one of set) {
      expect(one).toMatch(
        /^__Host-Http-(session|arrived|login-[\w-]+)=.*; Path=\/; .*Secure; HttpOnly; SameSite=(Strict|Lax)$/,
      )
      expect(one).not.toMatch(/Domain/i)
    }
    expect(set.find((text) => text.startsWith(cookie))).toMatch(/SameSite=Strict$/)
  })

  it('O1: refuses a callback that another browser began, before the code is redeemed', async () => {
    const victim = visitor()
    const attacker = visitor()
    const begun = await attacker.ask('/login', { headers: asNavigation })
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state')
    const answer = await victim.ask(`/auth/callback?code=stolen&state=${state}`, {
      headers: asNavigation,
    })
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(/sign_in_lost|begun in another browser/)
    expect(victim.cookies.get(cookie)).toBeUndefined()
  })

  it('refuses a code that the provider does not know, and says what to do', async () => {
    const one = visitor()
    const begun = await one.ask('/login', { headers: asNavigation })
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state')
    const answer = await one.ask(
      `/auth/callback?code=made-up&state=${state}&iss=${encodeURIComponent(stack.issuer)}`,
      { headers: asNavigation },
    )
    expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([400, 'sign_in_failed'])
    expect(answer.text).toContain('Start it again')
    expect(one.cookies.get(cookie)).toBeUndefined()
  })

  it('O1: works in two tabs at once', async () => {
    const one = visitor()
    await one.ask('/login?return_to=/tenant', { headers: asNavigation })
    const home = await one.signIn('viewer@acme.test')
    expect(home.status).toBe(200)
    expect(one.cookies.names.filter((name) => name.startsWith('__Host-Http-login-'))).toHaveLength(
      1,
    )
  })

  it('V7: gives a new session each time, and ends the one that was there before', async () => {
    const one = await signedIn('viewer@acme.test')
    const before = one.cookies.get(cookie) ?? ''
    await one.visit('/login')
    expect(one.cookies.get(cookie)).not.toBe(before)
    const thief = visitor()
    thief.cookies.set(cookie, before)
    expect((await thief.script('/session')).status).toBe(401)
  })

  // From a provider on another site the callback comes without the Strict cookie.
  it('ends the session before even when the callback does not bring its cookie', async () => {
    const one = await signedIn('viewer@acme.test')
    const before = one.cookies.get(cookie) ?? ''
    let answer = await one.ask('/login', { headers: asNavigation })
    while (!answer.headers.get('location')?.startsWith(`${stack.publicUrl}/auth/callback`)) {
      const next = new URL(answer.headers.get('location') ?? '', answer.url)
      answer = await one.ask(next.href, { headers: asNavigation })
    }
    one.cookies.keep([`${cookie}=; Max-Age=0`])
    const arrived = await one.ask(answer.headers.get('location') ?? '', { headers: asNavigation })
    expect(arrived.status).toBe(303)
    const thief = visitor()
    thief.cookies.set(cookie, before)
    expect((await thief.script('/session')).status).toBe(401)
    expect((await one.script('/session')).status).toBe(200)
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%5cevil.example'])(
    'never leads to %s',
    async (target) => {
      const home = await visitor().signIn('viewer@acme.test', target)
      expect(home.url).toBe(`${stack.publicUrl}/`)
    },
  )

  it('refuses a wrong password at the provider', async () => {
    const answer = await visitor().signIn('viewer@acme.test', '/', 'wrong')
    expect(answer.url).not.toContain(stack.publicUrl)
  })
})

describe('GET /session', () => {
  it('V9: says who I am and nothing of the provider', async () => {
    const one = await signedIn('viewer@acme.test')
    const answer = await one.script('/session')
    const me = JSON.parse(answer.text) as Record<string, unknown>
    expect(me).toMatchObject({
      user: { email: 'viewer@acme.test' },
      role: 'viewer',
      activeTenant: 'acme-corp',
      tenants: [{ id: 'acme-corp' }],
    })
    expect(Object.keys(me).sort()).toEqual([
      'activeTenant',
      'csrfToken',
      'endsBy',
      'role',
      'secondsLeft',
      'tenants',
      'user',
    ])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('V37: opens for no cookie that was changed, doubled or made up', async () => {
    const one = await signedIn('viewer@acme.test')
    const good = one.cookies.get(cookie) ?? ''
    for (const header of [
      `${cookie}=${good}x`,
      `${cookie}=${good.slice(0, -9)}`,
      `${cookie}=${good}; ${cookie}=${good}`,
      `${cookie}=`,
      `${cookie}=Fe26.2*1*x`,
      `\u00a0${cookie}=${good}`.replace('\u00a0', '%A0'),
    ]) {
      const answer = await visitor().ask('/session', { headers: { ...asScript, cookie: header } })
      expect(answer.status, header.slice(0, 40)).toBe(401)
    }
  })
})
