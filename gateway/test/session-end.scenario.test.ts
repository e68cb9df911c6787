import { WebSocket } from 'undici'
import { describe, expect, it } from 'vitest'
import { eventually, operate, signedIn, staffFor, stack, visitor } from './support/stack.ts'
import { asFrame, asNavigation } from './support/visitor.ts'

const cookie = '__Host-Http-session'

/** A socket to the live dashboard, with the number that it was closed with. */
function openSocket(cookieHeader: string) {
  const url = `${stack.publicUrl.replace('http', 'ws')}/dashboard/claims-monitor/_dash-ws-callback`
  const socket = new WebSocket(url, { headers: { cookie: cookieHeader, origin: stack.publicUrl } })
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true))
    socket.addEventListener('error', () => resolve(false))
  })
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', (event) => resolve(event.code)),
  )
  return { opened, closed }
}

describe('signing out', () => {
  it('R8, V28, V47: ends the session on the server, so that a copied cookie is worth nothing', async () => {
    const one = await signedIn('viewer@acme.test')
    const thief = visitor()
    thief.cookies.set(cookie, one.cookies.get(cookie) ?? '')
    expect((await thief.script('/session')).status).toBe(200)
    const answer = await one.submit('/logout', {})
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toContain(stack.issuer)
    expect(one.cookies.get(cookie)).toBeUndefined()
    expect((await thief.script('/session')).status).toBe(401)
  })

  it('shows a button to whoever only follows a link', async () => {
    const one = await signedIn('viewer@acme.test')
    const page = await one.ask('/logout', { headers: asNavigation })
    expect(page.text).toMatch(
      /<form[^>]*method="post"[^>]*action="\/logout"|<form[^>]*action="\/logout"[^>]*method="post"/i,
    )
    expect((await one.script('/session')).status).toBe(200)
  })

  it('closes open WebSockets with the code after which Dash does not come back', async () => {
    const one = await signedIn('viewer@acme.test')
    const { opened, closed } = openSocket(one.cookies.header)
    expect(await opened).toBe(true)
    await one.submit('/logout', {})
    expect(await closed).toBe(4001)
  })
})

describe('an operator', () => {
  it('ends all sessions of a user at once', async () => {
    const one = await signedIn('viewer@globex.test')
    const { user } = JSON.parse((await one.script('/session')).text) as { user: { sub: string } }
    const answer = await operate('POST', '/admin/sessions/revoke', { sub: user.sub })
    expect(answer.json['revoked']).toBeGreaterThanOrEqual(1)
    const after = await eventually(
      () => one.script('/session'),
      ({ status }) => status === 401,
    )
    expect(after.status).toBe(401)
  })

  it('suspends a tenant, and its dashboards are gone until it is active again', async () => {
    const one = await signedIn('viewer@initech.test')
    await operate('POST', '/admin/tenants/initech/metadata', { status: 'suspended' })
    const ask = () => one.ask('/dashboard/loss-development/', { headers: asFrame })
    expect((await eventually(ask, ({ status }) => status === 404)).status).toBe(404)
    await operate('POST', '/admin/tenants/initech/metadata', { status: 'active' })
    expect((await eventually(ask, ({ status }) => status === 200)).status).toBe(200)
  })

  it('takes a dashboard from a tenant, and its sockets cannot be opened any more', async () => {
    const one = await signedIn('viewer@globex.test')
    await operate('DELETE', '/admin/tenants/globex/dashboards/claims-monitor')
    try {
      const ask = () => one.ask('/dashboard/claims-monitor/', { headers: asFrame })
      expect((await eventually(ask, ({ status }) => status === 404)).status).toBe(404)
      expect(await openSocket(one.cookies.header).opened).toBe(false)
    } finally {
      await operate('POST', '/admin/tenants/globex/dashboards', {
        slug: 'claims-monitor',
        position: 1,
      })
    }
  })

  it('rotates all keys, and nobody is signed out', async () => {
    const one = await signedIn('viewer@acme.test')
    const answer = await operate('POST', '/admin/rotate-secret', {})
    expect(answer.json['rotated']).toHaveLength(3)
    expect((await one.script('/session')).status).toBe(200)
    const layout = await one.script('/dashboard/loss-development/_dash-layout')
    expect(layout.status).toBe(200)
    const later = await signedIn('viewer@acme.test')
    expect((await later.script('/dashboard/loss-development/_dash-layout')).status).toBe(200)
  })
})

describe('a switch of tenant', () => {
  it('gives a new session and cuts what the old one had open', async () => {
    const staff = await staffFor('acme-corp')
    const before = staff.cookies.get(cookie) ?? ''
    const { opened, closed } = openSocket(staff.cookies.header)
    expect(await opened).toBe(true)
    await staff.submit('/tenant', { tenant: 'globex', return_to: '/' })
    expect(await closed).toBe(4001)
    const thief = visitor()
    thief.cookies.set(cookie, before)
    expect((await thief.script('/session')).status).toBe(401)
  })

  it('answers 409 to the requests of a page that was made for the tenant before', async () => {
    const staff = await staffFor('acme-corp')
    await staff.submit('/tenant', { tenant: 'globex', return_to: '/' })
    const answer = await staff.script('/dashboard/loss-development/_dash-layout', {
      headers: { 'x-dashgate-tenant': 'acme-corp' },
    })
    expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([409, 'tenant_mismatch'])
  })

  it('is not for viewers, nor for tenants that do not exist', async () => {
    const viewer = await signedIn('viewer@acme.test')
    expect((await viewer.submit('/tenant', { tenant: 'globex', return_to: '/' })).status).toBe(403)
    expect(JSON.parse((await viewer.script('/session')).text)).toMatchObject({
      activeTenant: 'acme-corp',
    })
    const staff = await signedIn('actuary@kyros.test')
    expect((await staff.submit('/tenant', { tenant: 'nobody', return_to: '/' })).status).toBe(403)
  })
})
