import { dashboardPage } from './dashboard-page.ts'
import { internals } from './internals.ts'
import { sessions } from './sessions.ts'
import { tenants } from './tenants.ts'

/** By the name of their file. */
export const grafanaDashboards: Readonly<Record<string, object>> = {
  'tenants.json': tenants,
  'dashboard.json': dashboardPage,
  'sessions.json': sessions,
  'internals.json': internals,
}
