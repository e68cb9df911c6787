import type { Identity } from './document-identity.ts'

/** Titles that Dash sets by itself and that say nothing about the page. */
const MEANINGLESS = new Set(['', 'Dash', 'Updating...'])

/** The page's title: what the app calls itself, or the dashboard's own title, and for whom. */
export function titleFor(
  appTitle: string,
  dashboardTitle: string,
  { tenantName }: Identity,
): string {
  const title = MEANINGLESS.has(appTitle) ? dashboardTitle : appTitle
  return `${title} · ${tenantName}`
}

/** Whether a path lies within a dashboard; everything else in the frame is not ours to show in the address bar. */
export function isWithin(path: string, slug: string): boolean {
  return path.startsWith(`/dashboard/${slug}/`)
}
