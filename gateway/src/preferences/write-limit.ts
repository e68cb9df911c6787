import { LRUCache } from 'lru-cache'
import type { PreferenceOwner } from './preference.ts'

/** So many changes at once, and then so many a second: a person at work never gets there. */
const burst = 120
const perSecond = 2
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
export function createWriteLimit(now: () => number = () => performance.now()): WriteLimit {
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: remembered })
  return {
    take({ tenantId, issuer, sub }) {
      const key = JSON.stringify([tenantId, issuer, sub])
      const at = now()
      const last = buckets.get(key) ?? { left: burst, at }
      const left = Math.min(burst, last.left + ((at - last.at) / 1000) * perSecond)
      buckets.set(key, { left: left < 1 ? left : left - 1, at })
      return left >= 1
    },
  }
}
