import { describe, expect, it } from 'vitest'
import { dashboardPage } from './dashboard-page.ts'
import { errorPage } from './error-page.ts'
import { homePage } from './home-page.ts'
import { logoutPage } from './logout-page.ts'
import { initials } from './monogram.ts'
import { openingPage } from './opening-page.ts'
import { tenantChooserPage } from './tenant-chooser-page.ts'
import { visitReasonPage } from './visit-reason-page.ts'

const assets = {
  shellScript: '/assets/shell-1.js',
  shellStyle: '/assets/shell-1.css',
  frameScript: '/assets/frame-1.js',
  icon: '/assets/icon-1.svg',
}
const page = {
  nonce: 'r4nd0m',
  assets,
  requestId: 'req-42',
  returnPath: '/dashboard/x/?a=b',
  language: 'en',
  theme: 'auto',
} as const
const viewer = { email: 'viewer@acme.test', role: 'viewer' as const, canSwitch: false }
const staff = { email: 'actuary@kyros.test', role: 'admin' as const, canSwitch: true }
const brand = { tenantId: 'acme-corp', displayName: 'Acme Corp', primary: '#0b3d91' }

const empty = { dashboards: [], total: 0, query: '', now: 0 }

describe('homePage', () => {
  it('says for which tenant and person it was made, so that scripts can tell', () => {
    const html = homePage({ page, person: viewer, brand, ...empty })
    expect(html).toContain('data-tenant="acme-corp"')
    expect(html).toContain('data-user="viewer@acme.test"')
  })

  it('gives the tenant’s colour in the one style element that has the nonce', () => {
    const html = homePage({ page, person: viewer, brand, ...empty })
    expect(html).toMatch(/<style nonce="r4nd0m">[^<]*--brand:#0b3d91/)
  })

  it('offers another client to staff only', () => {
    const of = (person: typeof viewer | typeof staff) => homePage({ page, person, brand, ...empty })
    expect(of(staff)).toContain('You are looking at')
    expect(of(staff)).toContain('/tenant?return_to=')
    expect(of(viewer)).not.toContain('/tenant')
  })

  it('has favourites first, each with a form that needs no script', () => {
    const one = { slug: 'a', title: 'A', description: '', isFavourite: false }
    const dashboards = [one, { ...one, slug: 'b', title: 'B', isFavourite: true }]
    const html = homePage({ page, person: viewer, brand, ...empty, dashboards, total: 2 })
    expect([...html.matchAll(/card-link" href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
      '/dashboard/b/',
      '/dashboard/a/',
    ])
    expect(html).toMatch(/<form[^>]*method="post"\s+action="\/favourites"/)
  })

  it('shows initials instead of a logo that is no image', () => {
    const html = homePage({
      page,
      person: viewer,
      brand: { ...brand, logo: 'javascript:alert(1)' },
      ...empty,
    })
    expect(html).not.toContain('javascript:')
    expect(html).toContain('>AC<')
  })
})

describe('tenantChooserPage', () => {
  const found = (total: number, pageNumber: number) => ({
    tenants: [
      { id: 'acme-corp', displayName: 'Acme Corp', suspended: false },
      { id: 'globex', displayName: 'Globex', suspended: true },
    ],
    total,
    page: pageNumber,
    pages: Math.max(1, Math.ceil(total / 24)),
  })
  const chooser = { page, person: staff, query: '', recent: [], returnTo: '//evil.example' }

  it('marks the active tenant, lets nobody choose a suspended one, and stays on this site', () => {
    const html = tenantChooserPage({ ...chooser, found: found(2, 1), activeTenantId: 'acme-corp' })
    expect(html).toMatch(/href="\/tenant\?to=acme-corp&amp;return_to=%2F"\s+aria-current="true"/)
    expect(html).not.toContain('to=globex')
    expect(html).toContain('name="return_to" value="/"')
  })

  it('says which of thousands it shows, and leads on', () => {
    const html = tenantChooserPage({ ...chooser, found: found(5000, 209), query: 'é&' })
    expect(html).toContain('4,999–5,000 of 5,000 clients found')
    expect(html).toContain('href="/tenant?q=%C3%A9%26&amp;page=208&amp;return_to=%2F"')
    expect(html).not.toContain('rel="next"')
  })
})

describe('visitReasonPage', () => {
  it('asks by a form that needs no script, by one click for the usual', () => {
    const tenant = { id: 'acme-corp', displayName: 'Acme Corp', suspended: false }
    const html = visitReasonPage({ page, person: staff, tenant, returnTo: '/dashboard/x/' })
    expect(html).toMatch(/<form[^>]* method="post" action="\/tenant"/)
    expect(html).toContain('name="return_to" value="/dashboard/x/"')
    expect(html).toMatch(/<button[^>]*name="reason" value="Regular review" formnovalidate/)
  })
})

describe('dashboardPage', () => {
  it('R10: frames the same path, in a sandbox that it cannot leave by itself', () => {
    const html = dashboardPage({
      page,
      person: viewer,
      brand,
      dashboard: { slug: 'x', title: 'X' },
      framePath: '/dashboard/x/?a=b&c=d',
    })
    expect(html).toContain('src="/dashboard/x/?a=b&amp;c=d"')
    const allowed = /sandbox="([^"]*)"/.exec(html)?.[1]?.split(' ') ?? []
    expect(allowed).toContain('allow-scripts')
    for (const escape of ['allow-top-navigation', 'allow-popups-to-escape-sandbox'])
      expect(allowed).not.toContain(escape)
  })
})

describe('errorPage', () => {
  const failure = { page, code: 'app_unreachable', message: 'Try again.' }

  it('shows the request id and a way to try again', () => {
    const html = errorPage({ ...failure, status: 502, retry: true })
    expect(html).toContain('req-42')
    expect(html).toContain('href="/dashboard/x/?a=b"')
    expect(html).not.toContain('<script')
  })

  it('leads to sign-in where the session is missing', () => {
    const html = errorPage({ ...failure, status: 401 })
    expect(html).toContain('href="/login?return_to=%2Fdashboard%2Fx%2F%3Fa%3Db"')
  })

  it('offers what its error does, in place of the way home', () => {
    const next = [
      { label: 'Use another account', path: '/login?account=other' },
      { label: 'Sign out', path: '/logout', method: 'post' as const },
    ]
    const html = errorPage({ ...failure, status: 403, next })
    expect(html).toContain('href="/login?account=other">Use another account</a>')
    expect(html).toMatch(/<form method="post" action="\/logout">\s*<button[^>]*>Sign out</)
    expect(html).not.toContain('All dashboards')
  })

  it.each([
    ['whoever manages your account', 'ask whoever manages your account and'],
    ['help@kyros.test', 'ask <a href="mailto:help@kyros.test">help@kyros.test</a> and'],
    ['mailto:help@kyros.test', 'ask <a href="mailto:help@kyros.test">help@kyros.test</a> and'],
    [
      'https://kyros.test/help',
      'ask <a href="https://kyros.test/help">https://kyros.test/help</a>',
    ],
    ['javascript:alert(1)', 'ask javascript:alert(1) and'],
    ['<b>me</b>', 'ask &lt;b&gt;me&lt;/b&gt; and'],
  ])('says whom to ask: %s', (contact, line) => {
    expect(errorPage({ ...failure, status: 403, contact })).toContain(line)
  })

  it('tells the shell around it what happened', () => {
    const html = errorPage({ ...failure, status: 502, inFrame: true })
    expect(html).toMatch(/<script[^>]*src="\/assets\/frame-1\.js"[^>]*data-message="failed"/)
    expect(html).toContain('data-request-id="req-42"')
  })
})

describe('logoutPage', () => {
  it('asks a person first, by a form that works without a script', () => {
    expect(logoutPage({ page, person: viewer })).toMatch(/<form method="post" action="\/logout"/)
  })

  it('says that it is done and offers to sign in again', () => {
    const html = logoutPage({ page })
    expect(html).toContain('You are signed out')
    expect(html).toContain('href="/login"')
  })
})

describe('openingPage', () => {
  it('goes on by its script, by itself without one, and by a link', () => {
    const html = openingPage({ page, next: '/auth/return?a="b"' })
    expect(html).toContain(
      '<noscript><meta http-equiv="refresh" content="0;url=/auth/return?a=&quot;b&quot;" /></noscript>',
    )
    expect(html).toMatch(/href="\/auth\/return\?a=&quot;b&quot;"\s+data-opening/)
    expect(html).toContain(assets.shellScript)
  })

  it('stays on this site', () => {
    expect(openingPage({ page, next: '//evil.example' })).toContain('content="0;url=/"')
  })
})

describe('initials', () => {
  it.each([
    ['Acme Corp', 'AC'],
    ['globex', 'G'],
    ['Łódź & Søn GmbH', 'ŁS'],
    ['  ', ''],
  ])('of %j are %j', (name, expected) => expect(initials(name)).toBe(expected))
})
