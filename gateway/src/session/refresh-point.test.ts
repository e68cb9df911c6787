import { describe, expect, it } from 'vitest'
import { isRefreshDue } from './refresh-point.ts'

const received = 1_000_000_000
const dueAt = (lifetimeSeconds: number) => {
  const access = { receivedAt: received, expiresAt: received + lifetimeSeconds * 1000 }
  let second = 0
  while (!isRefreshDue(access, received + second * 1000)) second += 1
  return second
}

describe('a refresh is due', () => {
  it.each([
    ['an hour', 3600, 3541],
    ['three minutes', 180, 121],
    ['a minute', 60, 41],
    ['six seconds', 6, 5],
  ])('for a token of %s when at most a third or a minute is left', (_, lifetime, second) => {
    expect(dueAt(lifetime)).toBe(second)
  })

  it('at the end of a token that was received with none of its life left, or by a clock that went back', () => {
    const access = { receivedAt: received, expiresAt: received - 1000 }
    expect(isRefreshDue(access, received)).toBe(true)
    expect(isRefreshDue(access, received - 2000)).toBe(false)
  })

  it('a minute before the end of a token of which nobody wrote down since when it is ours', () => {
    const access = { receivedAt: undefined, expiresAt: received }
    expect(isRefreshDue(access, received - 60_000)).toBe(false)
    expect(isRefreshDue(access, received - 59_999)).toBe(true)
  })
})
