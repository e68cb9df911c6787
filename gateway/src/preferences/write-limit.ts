import { createTokenBuckets } from '../limits/token-buckets.ts'
import type { PreferenceOwner } from './preference.ts'

/** A person at work never gets there. */
const pace = { burst: 120, perSecond: 2 }
/** Owners that are remembered; one that is forgotten has its whole burst again. */
const remembered = 10_000

export interface WriteLimit {
  /** Whether a user may make one more change now, on whichever of the tenant's dashboards. */
  take(owner: PreferenceOwner): boolean
}

/**
 * Each change is recorded for ever, in a log whose lines queue for one another: one person must not
 * fill it, nor slow it down for everybody.
 *
 * @param now in milliseconds
 */
export function createWriteLimit(now?: () => number): WriteLimit {
  const buckets = createTokenBuckets(remembered, now)
  return {
    take: ({ tenantId, issuer, sub }) =>
      buckets.take(JSON.stringify([tenantId, issuer, sub]), pace) === 0,
  }
}
