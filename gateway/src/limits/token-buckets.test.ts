import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenBuckets } from './token-buckets.ts'

function clock() {
  let at = 0
  return { now: () => at, advance: (ms: number) => void (at += ms) }
}

const taken = (times: number, take: () => number) =>
  Array.from({ length: times }, take).filter((wait) => wait === 0).length

describe('a token bucket (X21)', () => {
  it('gives the burst, then the pace, and says how long to wait', () => {
    const { now, advance } = clock()
    const buckets = createTokenBuckets(10, now)
    const take = () => buckets.take('a', { burst: 10, perSecond: 2 })
    expect(taken(50, take)).toBe(10)
    expect(take()).toBeCloseTo(0.5)
    advance(3000)
    expect(taken(50, take)).toBe(6)
    expect(buckets.take('b', { burst: 10, perSecond: 2 })).toBe(0)
  })

  it('leaves a reserve for what is more important, and something even of the smallest burst', () => {
    const buckets = createTokenBuckets(10, () => 0)
    expect(taken(50, () => buckets.take('a', { burst: 10, perSecond: 1 }, 0.5))).toBe(5)
    expect(taken(50, () => buckets.take('a', { burst: 10, perSecond: 1 }))).toBe(5)
    expect(buckets.take('b', { burst: 1, perSecond: 1 }, 0.5)).toBe(0)
  })

  it('takes up a changed pace at once', () => {
    const buckets = createTokenBuckets(10, () => 0)
    expect(taken(50, () => buckets.take('a', { burst: 3, perSecond: 1 }))).toBe(3)
    expect(taken(50, () => buckets.take('a', { burst: 10, perSecond: 1 }))).toBe(7)
    expect(buckets.take('a', { burst: 3, perSecond: 1 })).toBe(1)
  })

  it('never gives more than the burst and the pace allow, whatever comes when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.constantFrom(0, 0.1, 0.5))),
        (burst, perSecond, asks) => {
          const { now, advance } = clock()
          const buckets = createTokenBuckets(2, now)
          let given = 0
          for (const [pause, reserve] of asks) {
            advance(pause)
            if (buckets.take('a', { burst, perSecond }, reserve) === 0) given += 1
          }
          expect(given).toBeLessThanOrEqual(burst + (now() / 1000) * perSecond + 1e-6)
        },
      ),
    )
  })
})
