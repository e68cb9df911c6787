import type { CanonicalTarget } from '../edge/canonical-path.ts'

/**
 * What is given up first when there is too much: questions whether a background job is done, which
 * Dash asks again by itself; then callbacks; last what a page needs to be there at all.
 */
export type Importance = 'poll' | 'callback' | 'page'

/** Parts of a burst that must be left for what is more important. */
export const reserveFor: Readonly<Record<Importance, number>> = {
  poll: 0.5,
  callback: 0.1,
  page: 0,
}

/** With these Dash's renderer asks after a job that is under way; the call that began it has neither. */
const asksForJob = /[?&](?:cacheKey|job)=/

/** Told without reading a body, so that a timer's callback counts as any other. */
export function importanceOf({ path, query }: CanonicalTarget): Importance {
  if (!path.endsWith('/_dash-update-component')) return 'page'
  return asksForJob.test(query) ? 'poll' : 'callback'
}
