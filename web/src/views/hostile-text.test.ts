import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessLogPage } from './access-log-page.ts'
import { accountPage } from './account-page.ts'
import { dashboardPage } from './dashboard-page.ts'
import { errorPage } from './error-page.ts'
import { homePage } from './home-page.ts'
import { logoutPage } from './logout-page.ts'
import { openingPage } from './opening-page.ts'
import { sessionEndedFramePage } from './session-ended-frame-page.ts'
import { tenantChooserPage } from './tenant-chooser-page.ts'
import { usagePage } from './usage-page.ts'
import { visitReasonPage } from './visit-reason-page.ts'

const NASTY = [
  '<script>alert(1)</script>',
  '</title><img src=x onerror=alert(1)>',
  '" onload="alert(1)',
  "' autofocus onfocus='alert(1)",
  '--><svg onload=alert(1)>',
  '</style><b>',
  '${1+1}',
  '&lt;b&gt;&quot;',
  '\u2028<b>\u0000',
]
const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' }))

/** Every view with the same text in each of its fields. */
const VIEWS: Record<string, (text: string) => string> = {
  home: (t) =>
    homePage({
      ...shared(t),
      dashboards: [
        { slug: t, title: t, description: t, isFavourite: true, openedAt: 0 },
        { slug: t, title: t, description: t, isFavourite: false },
      ],
      total: 9,
      query: '',
      now: 0,
      dataFrom: 0,
    }),
  emptyHome: (t) => homePage({ ...shared(t), dashboards: [], total: 0, query: '', now: 0 }),
  homeSearched: (t) => homePage({ ...shared(t), dashboards: [], total: 9, query: `q${t}`, now: 0 }),
  chooser: (t) =>
    tenantChooserPage({
      ...shared(t),
      found: { tenants: [choice(t)], total: 1, page: 1, pages: 1 },
      query: `q${t}`,
      recent: [],
      activeTenantId: t,
      returnTo: `/${t}`,
    }),
  usage: (t) =>
    usagePage({
      ...shared(t),
      days: 7,
      periods: [7],
      now: 0,
      perDay: [{ date: t, openings: 1 }],
      dashboards: [{ tenant: t, dashboard: t, openings: 1, people: 1, lastAt: 0 }],
      openings: [{ at: 0, person: t, tenant: t, dashboard: t }],
      callbacks: [{ dashboard: t, callback: t, requests: 1, failures: 1, seconds: 1 }],
    }),
  reason: (t) => visitReasonPage({ ...shared(t), tenant: choice(t), returnTo: `/${t}` }),
  accessLog: (t) => {
    const visit = { at: 0, mark: t, organisation: t, reason: t || 'x', dashboards: [t || 'x'] }
    return accessLogPage({ ...shared(t), visits: [{ ...visit, reference: t }], now: 0, older: t })
  },
  dashboard: (t) =>
    dashboardPage({ ...shared(t), dashboard: { slug: t, title: t }, framePath: `/${t}` }),
  account: (t) => {
    const one = { handle: t, userAgent: t, signedInAt: 0, lastUsedAt: 0, tenantName: t }
    const signIns = [
      { ...one, isThis: true },
      { ...one, isThis: false },
    ]
    return accountPage({ ...shared(t), signIns, now: 0 })
  },
  signOut: (t) => logoutPage(shared(t)),
  error: (t) => errorPage({ ...shared(t), ...failure(t), retry: true }),
  refused: (t) =>
    errorPage({
      ...shared(t),
      ...failure(t),
      contact: `help: ${t}`,
      next: [
        { label: t, path: t },
        { label: t, path: t, method: 'post' },
      ],
    }),
  frameError: (t) => errorPage({ ...shared(t), ...failure(t), inFrame: true }),
  sessionEnded: (t) => sessionEndedFramePage(shared(t)),
  opening: (t) => openingPage({ ...shared(t), next: `/${t}` }),
}

describe.each(Object.entries(VIEWS))('the view %s', (_name, view) => {
  it('has the same tags and attributes whatever the text in it', () => {
    const expected = structureOf(view('plain'))
    fc.assert(
      fc.property(text, (hostile) => {
        expect(structureOf(view(hostile))).toEqual(expected)
      }),
    )
  })

  it('has no inline script, handler or style', () => {
    const html = view('plain')
    expect(html).not.toMatch(/<script(?![^>]* src=)/)
    expect(html).not.toMatch(/\s(?:on\w+|style)=/)
  })
})

/** Tags with their attributes' names, in order; a picture's shape depends on the slug and is left out. */
function structureOf(html: string): string[] {
  const tags = html
    .replaceAll(/<svg\s+class="card-art[\s\S]*?<\/svg>/g, '')
    .match(/<(?:"[^"]*"|'[^']*'|[^'">])*>/g)
  return (tags ?? []).map((tag) => tag.replaceAll(/="[^"]*"|='[^']*'/g, '').replaceAll(/\s+/g, ' '))
}

function shared(t: string) {
  const assets = {
    shellScript: '/a.js',
    shellStyle: '/a.css',
    frameScript: '/f.js',
    icon: '/i.svg',
  }
  const brand = { tenantId: t, displayName: t, logo: `data:image/png;${t}`, primary: t, accent: t }
  return {
    page: {
      nonce: 'n',
      assets,
      requestId: t,
      returnPath: `/x${t.replaceAll(/[\p{Cc}\\]/gu, '')}`,
      language: 'de',
      theme: 'dark',
    } as const,
    person: { email: t, role: 'admin' as const, canSwitch: true },
    brand,
  }
}

function choice(t: string) {
  return { id: t, displayName: t, primary: t, suspended: false }
}

function failure(t: string) {
  return { status: 502, code: t, message: t }
}
