import { accessLogPage, type Visit } from '../src/views/access-log-page.ts'
import { accountPage, type SignIn } from '../src/views/account-page.ts'
import { dashboardPage } from '../src/views/dashboard-page.ts'
import { errorPage } from '../src/views/error-page.ts'
import { homePage } from '../src/views/home-page.ts'
import { logoutPage } from '../src/views/logout-page.ts'
import type { Page, Person } from '../src/views/page.ts'
import { openingPage } from '../src/views/opening-page.ts'
import { tooLargePage } from '../src/views/too-large-page.ts'
import { sessionEndedFramePage } from '../src/views/session-ended-frame-page.ts'
import { signedInPage } from '../src/views/signed-in-page.ts'
import { type Choice, tenantChooserPage } from '../src/views/tenant-chooser-page.ts'
import { usagePage } from '../src/views/usage-page.ts'
import { visitReasonPage } from '../src/views/visit-reason-page.ts'
import { brandOf, DASHBOARDS, STAFF, TENANTS, VIEWER } from './models.ts'

const NOON = Date.UTC(2026, 10, 23, 12)

/** Path → page, one for every state that a view has without a script. */
export const PAGES: Record<string, (page: Page) => string> = {
  '/home': (page) => home(page, VIEWER, 'acme-corp'),
  '/home-staff': (page) => home(page, STAFF, 'globex'),
  '/home-empty': (page) =>
    homePage({ ...homeOf(page, VIEWER, 'initech'), dashboards: [], total: 0 }),
  '/home-marked': (page) => homePage(many(homeOf(page, VIEWER, 'globex'))),
  '/home-nothing': (page) => homeSearched(page, VIEWER, 'acme-corp', 'weather'),
  '/chooser': (page) => chooser(page, few()),
  '/chooser-many': (page) => chooser(page, manyChoices(), { recent: few().slice(0, 2) }),
  '/chooser-nothing': (page) => chooser(page, [], { query: 'nobody' }),
  '/chooser-empty': (page) => chooser(page, []),
  '/usage-page': (page) => usage(page, 30),
  '/usage-none': (page) => usage(page, 7),
  '/reason': (page) => reason(page, 'globex', '/'),
  '/access-log-visits': (page) => accessLog(page, VIEWER, 'acme-corp', VISITS),
  '/access-log-nobody': (page) => accessLog(page, STAFF, 'globex', []),
  '/account': (page) => accountPage({ page, person: VIEWER, ...signIns(VIEWER) }),
  '/account-staff': (page) =>
    accountPage({
      page,
      person: STAFF,
      brand: brandOf('globex'),
      ...signIns(STAFF),
      done: 'ended',
      views: [
        {
          id: '0b4c3a52-1f0e-4c8e-9d0a-6f1f2f3a4b5c',
          name: 'Year end',
          slug: 'loss-development',
          dashboard: 'Loss development',
        },
      ],
    }),
  '/signing-out': (page) => logoutPage({ page, person: VIEWER }),
  '/signed-out': (page) => logoutPage({ page }),
  '/signed-in-beside': (page) =>
    signedInPage({ page, person: VIEWER, brand: brandOf('acme-corp') }),
  '/signed-in-staff': (page) =>
    signedInPage({ page, person: STAFF, goOnFor: { id: 'globex', displayName: 'Globex' } }),
  '/error-401': (page) => error(page, 401, 'session_expired'),
  '/error-refused': (page) =>
    errorPage({
      page,
      status: 403,
      code: 'claims_unusable',
      message: 'Your account is not set up for this site: it belongs to no organisation.',
      next: [
        { label: 'Use another account', path: '/login?account=other' },
        { label: 'Sign out', path: '/logout', method: 'post' },
      ],
      contact: 'help@kyros.test',
    }),
  '/error-404': (page) => error(page, 404, 'not_found'),
  '/error-503': (page) => error(page, 503, 'database_unreachable'),
  '/error-in-frame': (page) => error(page, 502, 'app_unreachable', true),
  '/too-large': (page) => tooLargePage({ page, clearsCookies: true }),
  '/too-large-other': (page) => tooLargePage({ page, clearsCookies: false }),
  '/session-ended': (page) => sessionEndedFramePage({ page }),
  // Without what would take the page away while it is looked at.
  '/opening': (page) => openingPage({ page, next: '/stays' }).replace('data-opening', ''),
}

export function dashboard(
  page: Page,
  person: Person,
  tenant: string,
  path: string,
  views?: Parameters<typeof dashboardPage>[0]['views'],
): string {
  const slug = path.split('/')[2] ?? ''
  const title = DASHBOARDS.find((one) => one.slug === slug)?.title ?? slug
  return dashboardPage({
    page,
    person,
    brand: brandOf(tenant),
    dashboard: { slug, title },
    framePath: path,
    ...(views && { views }),
  })
}

export function home(
  page: Page,
  person: Person,
  tenant: string,
  favourites: readonly string[] = [],
): string {
  return homePage(homeOf(page, person, tenant, favourites))
}

export function homeSearched(page: Page, person: Person, tenant: string, query: string): string {
  const model = homeOf(page, person, tenant)
  const fits = ({ title }: { title: string }) => title.toLowerCase().includes(query.toLowerCase())
  return homePage({ ...model, dashboards: model.dashboards.filter(fits), query })
}

function homeOf(page: Page, person: Person, tenant: string, favourites: readonly string[] = []) {
  const dashboards = DASHBOARDS.map((one) => ({
    ...one,
    isFavourite: favourites.includes(one.slug),
  }))
  const brand = brandOf(tenant)
  const total = dashboards.length
  return { page, person, brand, dashboards, total, query: '', now: NOON, dataFrom: NOON - 7e6 }
}

/** Somebody who has seen much. */
function many(model: ReturnType<typeof homeOf>) {
  const more = ['Premium triangles', 'Large losses', 'Expenses', 'Reinsurance', 'Solvency ratio']
  const dashboards = [
    ...DASHBOARDS,
    ...more.map((title) => ({
      slug: title.toLowerCase().replace(' ', '-'),
      title,
      description: '',
    })),
  ].map((one, i) => ({
    ...one,
    isFavourite: i === 1 || i === 4,
    ...(i % 2 === 0 ? { openedAt: NOON - i * 4e6 - 5e5 } : {}),
  }))
  return { ...model, dashboards, total: dashboards.length }
}

export function error(page: Page, status: number, code: string, inFrame = false) {
  const message = 'This can pass by itself. Try again in a moment, or tell us the request below.'
  return errorPage({ page, status, code, message, retry: status >= 500, inFrame })
}

function choiceOf(tenant: string): Choice {
  const { tenantId, displayName, primary } = brandOf(tenant)
  const suspended = tenantId === 'initech'
  return { id: tenantId, displayName, suspended, ...(primary !== undefined && { primary }) }
}

const few = (): Choice[] => Object.keys(TENANTS).map(choiceOf)

/** As many as a page of a long list has. */
function manyChoices(): Choice[] {
  const colours = ['#0b5fa5', '#7a3e9d', '#0f766e', '#b91c1c', '#f2b33d', '#1f2937']
  return Array.from({ length: 24 }, (_, i) => ({
    id: `insurer-${i}`,
    displayName: `${['Alpine', 'Baltic', 'Coastal', 'Delta'][i % 4]} ${['Mutual', 'Re', 'Life', 'Casualty', 'Marine', 'Health'][i % 6]}`,
    primary: colours[i % colours.length] ?? '#000000',
    suspended: i === 5,
  }))
}

/** The chooser of somebody who may act for these, or for 5,000 if they fill a page. */
export function chooser(
  page: Page,
  tenants: Choice[],
  { query = '', recent = [] as Choice[] } = {},
): string {
  const total = tenants.length < 24 ? tenants.length : 5000
  const found = { tenants, total, page: 1, pages: Math.max(1, Math.ceil(total / 24)) }
  const returnTo = '/dashboard/loss-development/'
  const activeTenantId = 'acme-corp'
  return tenantChooserPage({ page, person: STAFF, found, query, recent, activeTenantId, returnTo })
}

export function reason(page: Page, tenant: string, returnTo: string): string {
  return visitReasonPage({ page, person: STAFF, tenant: choiceOf(tenant), returnTo })
}

/** What a search of the few finds. */
export function searchedChooser(page: Page, query: string): string {
  const found = few().filter(({ displayName }) => displayName.toLowerCase().includes(query))
  return chooser(page, found, { query })
}

const VISITS: Visit[] = [
  {
    at: NOON - 14 * 60_000,
    organisation: 'kyros.test',
    mark: 'A7F3',
    reason: 'Support request 4711: the triangle of 2019 looks empty',
    dashboards: ['Loss development', 'Claims monitor'],
    reference: '4bf92f3577b34da6a3ce929d0e0e4736',
  },
  {
    at: NOON - 26 * 3_600_000,
    organisation: 'kyros.test',
    mark: '09C1',
    dashboards: [],
    reference: '0af7651916cd43dd8448eb211c80319c',
  },
  {
    at: NOON - 30 * 3_600_000,
    mark: 'A7F3',
    begunEarlier: true,
    dashboards: ['Reserve variability'],
    reference: 'b7ad6b7169203331b7ad6b7169203331',
  },
]

function accessLog(page: Page, person: Person, tenant: string, visits: Visit[]): string {
  const brand = brandOf(tenant)
  return accessLogPage({
    page,
    person,
    brand,
    visits,
    now: NOON,
    older: '2026-11-01T00:00:00.000Z',
  })
}

/** A person on three devices, or on one. */
function signIns({ role }: Person): { signIns: SignIn[]; now: number } {
  const now = Date.UTC(2026, 10, 23, 12)
  const ago = (minutes: number) => now - minutes * 60_000
  const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/146.0.0.0 Safari/537.36'
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7) Version/26.1 Mobile/15E148 Safari/604.1'
  const one = { handle: 'a', isThis: true, userAgent: chrome, signedInAt: ago(95) }
  if (role === 'viewer') return { now, signIns: [{ ...one, lastUsedAt: ago(1) }] }
  return {
    now,
    signIns: [
      { ...one, lastUsedAt: ago(1), tenantName: 'Globex' },
      { handle: 'b', isThis: false, userAgent: phone, signedInAt: ago(300), lastUsedAt: ago(12) },
      { handle: 'c', isThis: false, signedInAt: ago(700), lastUsedAt: ago(20), tenantName: 'Acme' },
    ],
  }
}

/** A month of a busy client, or a week of nobody. */
function usage(page: Page, days: number): string {
  const isBusy = days > 7
  const perDay = Array.from({ length: days }, (_, i) => ({
    date: new Date(NOON - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10),
    openings: isBusy ? Math.round(40 + 30 * Math.sin(i / 2) + (i % 7 > 4 ? -35 : 0)) : 0,
  })).map((one) => ({ ...one, openings: Math.max(0, one.openings) }))
  const one = { tenant: 'Acme Corp', dashboard: 'Loss development' }
  const dashboards = [{ ...one, openings: 412, people: 9, lastAt: NOON - 4e5 }]
  const openings = [{ ...one, at: NOON - 4e5, person: 'viewer@acme.test' }]
  const figures = { dashboard: 'claims-monitor', callback: 'table.data', requests: 1204 }
  return usagePage({
    page,
    person: STAFF,
    days,
    periods: [7, 30, 90],
    now: NOON,
    perDay,
    dashboards: isBusy ? dashboards : [],
    openings: isBusy ? openings : [],
    ...(isBusy ? { callbacks: [{ ...figures, failures: 3, seconds: 1.734 }] } : {}),
  })
}
