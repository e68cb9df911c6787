import { describe, expect, it } from 'vitest'
import { createBackOff } from './back-off.ts'

function setUp(random: () => number) {
  const world = { now: 0 }
  const backOff = createBackOff({ firstMs: 100, longestMs: 1000, now: () => world.now, random })
  /** Fails, and tells how long it is left alone after that. */
  const pause = () => {
    backOff.failed()
    const from = world.now
    while (backOff.isPausing()) world.now += 1
    return world.now - from
  }
  return { backOff, pause }
}

describe('a pause after a failure', () => {
  it('doubles up to its limit, and begins anew after a success', () => {
    const { backOff, pause } = setUp(() => 1)
    expect([backOff.isPausing(), backOff.hasFailed()]).toEqual([false, false])
    expect(Array.from({ length: 6 }, pause)).toEqual([100, 200, 400, 800, 1000, 1000])
    expect(backOff.hasFailed()).toBe(true)
    backOff.succeeded()
    expect([backOff.isPausing(), backOff.hasFailed()]).toEqual([false, false])
    expect(pause()).toBe(100)
  })

  it('is half up to chance, so that not all come back at once', () => {
    expect(setUp(() => 0).pause()).toBe(50)
    expect(setUp(() => 0.5).pause()).toBe(75)
  })
})
