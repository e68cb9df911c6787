import { LRUCache } from 'lru-cache'

/** How fast something may be done: so much at once, and then so much a second. */
export interface Pace {
  readonly burst: number
  readonly perSecond: number
}

/** What is out of it, not what is left: a larger burst then counts at once. */
interface Bucket {
  used: number
  at: number
}

/**
 * A bucket for each key, filled at a pace that may change at any time. Only the keys that were used
 * last are remembered; one that is forgotten has its whole burst again.
 *
 * @param now in milliseconds
 */
export function createTokenBuckets(remembered: number, now = () => performance.now()) {
  const buckets = new LRUCache<string, Bucket>({ max: remembered })
  return {
    /**
     * @param reserve part of the burst (0 to 1) that this taker must leave for others
     * @returns 0 where one was taken, else in how many seconds there will be one
     */
    take(key: string, { burst, perSecond }: Pace, reserve = 0): number {
      const at = now()
      let bucket = buckets.get(key)
      if (!bucket) {
        bucket = { used: 0, at }
        buckets.set(key, bucket)
      }
      const refilled = ((at - bucket.at) / 1000) * perSecond
      // What was used of a larger burst is no debt under a smaller one.
      bucket.used = Math.min(burst, Math.max(0, bucket.used - refilled))
      bucket.at = at
      // Even the smallest burst has one for everybody.
      const most = Math.max(1, burst * (1 - reserve))
      const over = bucket.used + 1 - most
      if (over > 0) return over / perSecond
      bucket.used += 1
      return 0
    },
  }
}

export type TokenBuckets = ReturnType<typeof createTokenBuckets>
