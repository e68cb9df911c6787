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
import { tenantChooserPage } from '../src/views/tenant-chooser-page.ts'
import { brandOf, DASHBOARDS, STAFF, TENANTS, VIEWER } from './models.ts'

/** Path → page, one for every state that a view has without a script. */
export const PAGES: Record<string, (page: Page) => string> = {
  '/home': (page) => home(page, VIEWER, 'acme-corp'),
  '/home-staff': (page) => home(page, STAFF, 'globex'),
  '/home-empty': (page) =>
    homePage({ page, person: VIEWER, brand: brandOf('initech'), dashboards: [] }),
  '/chooser': (page) => tenantChooserPage({ page, ...choices(), activeTenantId: 'acme-corp' }),
  '/chooser-empty': (page) => tenantChooserPage({ page, ...choices(), tenants: [] }),
  '/account': (page) => accountPage({ page, person: VIEWER, ...signIns(VIEWER) }),
  '/account-staff': (page) =>
    accountPage({
      page,
      person: STAFF,
      brand: brandOf('globex'),
      ...signIns(STAFF),
      done: 'ended',
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

export function dashboard(page: Page, person: Person, tenant: string, path: string): string {
  const slug = path.split('/')[2] ?? ''
  const title = DASHBOARDS.find((one) => one.slug === slug)?.title ?? slug
  return dashboardPage({
    page,
    person,
    brand: brandOf(tenant),
    dashboard: { slug, title },
    framePath: path,
  })
}

export function home(page: Page, person: Person, tenant: string): string {
  return homePage({ page, person, brand: brandOf(tenant), dashboards: DASHBOARDS })
}

export function error(page: Page, status: number, code: string, inFrame = false) {
  const message = 'This can pass by itself. Try again in a moment, or tell us the request below.'
  return errorPage({ page, status, code, message, retry: status >= 500, inFrame })
}

function choices() {
  const tenants = Object.values(TENANTS).map(({ tenantId, displayName, primary }) => ({
    id: tenantId,
    displayName,
    suspended: tenantId === 'initech',
    ...(primary !== undefined && { primary }),
  }))
  return { person: STAFF, tenants, returnTo: '/dashboard/loss-development/' }
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
