import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRateLimits } from './rate-limit.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** How many of so many requests were let through. */
async function admitted(times: number, ask: () => Promise<void>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, ask))
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

describe('an operator', () => {
  it('may ask so often in a minute, and each for itself', async () => {
    const limits = createRateLimits(5)
    expect(await admitted(20, () => limits.operator('pipeline'))).toBe(5)
    expect(await admitted(20, () => limits.operator('other'))).toBe(5)
    vi.advanceTimersByTime(60_001)
    expect(await admitted(20, () => limits.operator('pipeline'))).toBe(5)
  })

  it('is told how long to wait', async () => {
    const limits = createRateLimits(1)
    await limits.operator('pipeline')
    vi.advanceTimersByTime(18_500)
    await expect(limits.operator('pipeline')).rejects.toMatchObject({
      status: 429,
      code: 'too_many_requests',
      headers: { 'Retry-After': '42' },
    })
  })
})

describe('refused callers', () => {
  it('are counted by address, with IPv6 by network', async () => {
    const limits = createRateLimits(1)
    expect(await admitted(100, () => limits.refused('192.0.2.1'))).toBe(60)
    let host = 0
    const next = () => limits.refused(`2001:db8::${(host += 1).toString(16)}`)
    expect(await admitted(100, next)).toBe(60)
    vi.advanceTimersByTime(60_001)
    expect(await admitted(100, () => limits.refused('192.0.2.1'))).toBe(60)
  })

  it('take no more memory however many they are', async () => {
    const limits = createRateLimits(1)
    for (let n = 0; n < 30_000; n += 1) {
      const address = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`
      await limits.refused(address).catch(() => {})
    }
    // One timer for each counter.
    expect(vi.getTimerCount()).toBeLessThanOrEqual(4096)
  })
})
