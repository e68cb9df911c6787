import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { personKey } from '../src/session/principal.ts'
import { assign, untilServed } from './support/assigned.ts'
import { signedIn, stack, staffFor } from './support/stack.ts'
import { asNavigation, type Visitor } from './support/visitor.ts'

const slug = 'slow-app'
const layout = `/dashboard/${slug}/_dash-layout`

interface Session {
  user: { sub: string }
  secondsLeft: number
  endsBy: string
}

const sessionOf = async (visitor: Visitor) =>
  JSON.parse((await visitor.script('/session')).text) as Session

/** An app that thinks for as long as it is let; stands in for a long callback. */
async function startSlowApp() {
  const world = { working: 0, givenUp: 0 }
  const server = createServer((request, response) => {
    if (!request.url?.includes('_dash-update-component')) {
      response.setHeader('Content-Type', 'application/json').end('{}')
      return
    }
    world.working += 1
    response.once('close', () => (world.givenUp += 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    world,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

let app: Awaited<ReturnType<typeof startSlowApp>>
let viewer: Visitor
let unassign: () => Promise<void>

beforeAll(async () => {
  app = await startSlowApp()
  unassign = await assign(slug, app.url)
  viewer = await signedIn('viewer@acme.test')
  await untilServed(viewer, slug)
})
afterAll(async () => {
  await unassign?.()
  app.stop()
})

describe('a callback that is under way when its session ends', () => {
  it('is refused at once, so that the page can send it again, and the app is told to stop', async () => {
    const leaving = await signedIn('viewer@acme.test')
    const asked = leaving.script(`/dashboard/${slug}/_dash-update-component`, {
      method: 'POST',
      headers: { origin: stack.publicUrl, 'content-type': 'application/json' },
      body: '{}',
    })
    await expect.poll(() => app.world.working).toBe(1)
    await leaving.submit('/logout', {})
    const answer = await asked
    expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([401, 'session_expired'])
    await expect.poll(() => app.world.givenUp).toBe(1)
  })
})

describe('a page of one person', () => {
  it('is refused once somebody else of the same tenant has signed in', async () => {
    const { user } = await sessionOf(viewer)
    const own = personKey({ issuer: stack.issuer, sub: user.sub })
    const by = (person: string) =>
      viewer.script(layout, { headers: { 'x-dashgate-person': person } })
    expect((await by(own)).status).toBe(200)
    const refused = await by('somebody-else')
    expect([refused.status, refused.headers.get('x-gateway-error')]).toEqual([
      409,
      'person_mismatch',
    ])
    expect((await viewer.script(`${layout}?dashgate_person=somebody-else`)).status).toBe(409)
  })
})

describe('the time that a session has left', () => {
  it('says what would end it', async () => {
    const { secondsLeft, endsBy } = await sessionOf(viewer)
    expect(endsBy).toBe('idle')
    expect(secondsLeft).toBeGreaterThan(8 * 3600 - 600)
  })

  it('is told of somebody at work by a page of ours only', async () => {
    const told = await viewer.script('/session/activity', { method: 'POST' })
    expect(told.status).toBe(200)
    const elsewhere = await viewer.script('/session/activity', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' },
    })
    expect(elsewhere.status).toBe(403)
  })
})

describe('the page where a sign-in beside another page ends', () => {
  const signedInPage = async (visitor: Visitor, query = '') =>
    (await visitor.ask(`/signed-in${query}`, { headers: asNavigation })).text

  it('says for whom the session is, and offers no other', async () => {
    const page = await signedInPage(viewer, '?tenant=globex')
    expect(page).toContain('data-tenant="acme-corp"')
    expect(page).not.toContain('globex')
    expect(page).not.toContain('Globex')
  })

  it('asks staff whether to go on for the client of that page, and says none before', async () => {
    const staff = await signedIn('actuary@kyros.test')
    const page = await signedInPage(staff, '?tenant=globex')
    expect(page).toContain('name="tenant" value="globex"')
    expect(page).not.toContain('data-tenant=')
    expect(await signedInPage(await staffFor('globex'), '?tenant=globex')).toContain(
      'data-tenant="globex"',
    )
    expect(await signedInPage(staff, '?tenant=%3Cscript%3E')).not.toContain('<script>')
  })
})
