import type { Markup } from '../../views/markup.ts'
import { html } from '../../views/markup.ts'

/** What every page has around its content. */
export const frame = {
  skip: 'Skip to content',
  account: 'Account',
  staff: 'Staff',
  viewer: 'Viewer',
  switchClient: 'Switch client',
  yourAccount: 'Your account',
  signOut: 'Sign out',
  signIn: 'Sign in',
  allDashboards: 'All dashboards',
  activeClient: 'Active client',
  lookingAt: (name: Markup) => html`You are looking at ${name}`,
  whatTheySee: 'What they see of it',
  accessLog: 'Who looked at our data',
  goTo: 'Go to…',
  usage: 'Usage',
}
