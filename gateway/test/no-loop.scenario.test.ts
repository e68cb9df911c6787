import { describe, expect, it } from 'vitest'
import { eventually, operate, owner, signedIn, stack } from './support/stack.ts'
import { follow } from './support/strict-browser.ts'
import type { Answer, Visitor } from './support/visitor.ts'

const cookie = '__Host-Http-session'
const deep = '/dashboard/loss-development/?lob=a&x=%C3%BC'
const pathOf = ({ url }: Answer) => new URL(url).pathname

/** Somebody whom the provider knows, so that it answers at once, and who has no session here. */
async function knownToProvider(): Promise<Visitor> {
  const one = await signedIn('viewer@initech.test')
  for (const name of one.cookies.names) one.cookies.keep([`${name}=; Max-Age=0`])
  return one
}

/** A page that explains, and goes nowhere by itself. */
function expectExplained({ status, text, headers }: Answer, code: string): void {
  expect([status, headers.get('x-gateway-error')]).toEqual([400, code])
  expect(headers.get('location')).toBeNull()
  expect(text).not.toMatch(/http-equiv="refresh"|data-opening|<script/)
  expect(text).toContain(headers.get('x-request-id') ?? '-')
}

describe('a sign-in whose provider is on another site', () => {
  it.each(['none', 'cross-site'] as const)('B3: leads to where a link went (%s)', async (site) => {
    const { last, steps } = await follow(await knownToProvider(), deep, site)
    expect([last.status, last.url]).toEqual([200, stack.publicUrl + deep])
    expect(steps).toEqual([
      '200 /dashboard/loss-development/',
      '302 /auth/return',
      '302 /login',
      '303 /auth/callback',
      '200 /auth/return',
      '303 /auth/return',
      '200 /dashboard/loss-development/',
    ])
  })

  it('B3: is not needed by whoever is signed in and comes by a link from elsewhere', async () => {
    const one = await signedIn('viewer@acme.test')
    const before = one.cookies.get(cookie)
    const { steps } = await follow(one, deep, 'cross-site')
    expect(steps).toEqual([
      '200 /dashboard/loss-development/',
      '303 /auth/return',
      '200 /dashboard/loss-development/',
    ])
    expect(one.cookies.get(cookie)).toBe(before)
  })

  it('keeps query and fragment of a deep link', async () => {
    const wanted = `${deep}#mack=1&b`
    const { steps } = await follow(
      await knownToProvider(),
      `/auth/return?return_to=${encodeURIComponent(wanted)}`,
      'none',
    )
    expect(steps.at(-1)).toBe('200 /dashboard/loss-development/')
    const one = await knownToProvider()
    const locations: (string | null)[] = []
    await follow(one, `/auth/return?return_to=${encodeURIComponent(wanted)}`, 'none', {
      after: ({ headers }) => Promise.resolve(locations.push(headers.get('location'))),
    })
    expect(locations.at(-2)).toBe(wanted)
  })

  it('ends, explained, in a browser that keeps no cookies', async () => {
    const { last } = await follow(await knownToProvider(), deep, 'none', { keeps: () => false })
    expectExplained(last, 'sign_in_lost')
    expect(last.text).toMatch(/does not keep cookies/)
  })

  it('ends, explained, in one that keeps none of the callback', async () => {
    const one = await knownToProvider()
    const keeps = (answer: Answer) => pathOf(answer) !== '/auth/callback'
    const { last, steps } = await follow(one, deep, 'none', { keeps })
    expectExplained(last, 'session_not_kept')
    expect(steps.filter((step) => step.endsWith('/login'))).toHaveLength(1)
    expect(last.text).toContain('/login?return_to=%2Fdashboard%2Floss-development')
    // Another try is as good as the first.
    const again = await follow(one, '/login?return_to=%2F', 'none')
    expect([again.last.status, pathOf(again.last)]).toEqual([200, '/'])
  })

  it.each([deep, '/'])('ends, explained, when each session ends at once (%s)', async (path) => {
    const one = await knownToProvider()
    const sql = owner()
    const [account] = await sql`select sub from sessions where email = 'viewer@initech.test'`
    await sql.end()
    const after = async (answer: Answer) => {
      if (pathOf(answer) !== '/auth/return' || answer.status !== 303) return
      await operate('POST', '/admin/sessions/revoke', { sub: String(account?.['sub']) })
      // It is notified, and reaches the other listener a moment later.
      await eventually(
        () => one.script('/session'),
        ({ status }) => status === 401,
      )
    }
    const { last, steps } = await follow(one, path, 'none', { after })
    expectExplained(last, 'session_not_lasting')
    expect(steps.filter((step) => step.endsWith('/login'))).toHaveLength(3)
    // A person who tries again begins anew.
    const again = await follow(one, `/login?return_to=${encodeURIComponent(path)}`, 'none')
    expect([again.last.status, again.last.url]).toEqual([200, stack.publicUrl + path])
  })

  it('O1: takes many tabs that are opened at once for no loop', async () => {
    const one = await knownToProvider()
    const tabs = await Promise.all(
      Array.from({ length: 5 }, (_, tab) => follow(one, `/?tab=${tab}`, 'none')),
    )
    expect(tabs.map(({ last }) => last.status)).toEqual([200, 200, 200, 200, 200])
    const more = Array.from({ length: 5 }, (_, tab) => follow(one, `/?tab=${tab}`, 'cross-site'))
    expect((await Promise.all(more)).map(({ last }) => last.status)).toEqual([
      200, 200, 200, 200, 200,
    ])
  })
})
