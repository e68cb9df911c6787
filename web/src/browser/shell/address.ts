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

/** Any origin will do: only the path is asked about. */
const SITE = 'http://shell.invalid'

/**
 * Whether a path lies within a dashboard; everything else in the frame is not ours to show in the
 * address bar. Judged as the browser reads it: `/dashboard/a/../../logout` begins like one, and is none.
 */
export function isWithin(path: string, slug: string): boolean {
  const base = `/dashboard/${slug}/`
  return path.startsWith(base) && URL.parse(path, SITE)?.pathname.startsWith(base) === true
}
