import { LRUCache } from 'lru-cache'

/** How fast something may be done: so much at once, and then so much a second. */
export interface Pace {
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  left: number
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
        bucket = { left: burst, at }
        buckets.set(key, bucket)
      }
      bucket.left = Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond)
      bucket.at = at
      const needed = 1 + Math.min(burst * reserve, burst - 1)
      if (bucket.left < needed) return (needed - bucket.left) / perSecond
      bucket.left -= 1
      return 0
    },
  }
}

export type TokenBuckets = ReturnType<typeof createTokenBuckets>
