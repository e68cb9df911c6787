import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FrameMessage } from '../messages.ts'
import { createPatience, delayOf } from './patience.ts'

const busy: FrameMessage = { type: 'dashgate:busy', whose: 'tenant', waiting: false }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the wait of what was refused as too much (X21)', () => {
  it.each([
    ['2', 0, 2000],
    ['2', 1, 3000],
    ['0', 0, 1000],
    ['999999', 0, 30_000],
    [null, 0, 1000],
    ['Mon, 23 Nov 2026 09:00:00 GMT', 0, 1000],
    ['-5', 0, 1000],
  ])('for Retry-After %s and chance %d is %d ms', (retryAfter, chance, ms) => {
    expect(delayOf(retryAfter, chance)).toBe(ms)
  })

  it('is for a busy tenant only, and has an end', () => {
    const { may, next } = createPatience(() => {}).tries()
    expect(may({ type: 'dashgate:busy', whose: 'person', waiting: false })).toBe(false)
    expect(may({ type: 'dashgate:session-ended' })).toBe(false)
    for (let n = 0; n < 5; n += 1) {
      expect(may(busy)).toBe(true)
      void next(busy, '1')
    }
    expect(may(busy)).toBe(false)
  })

  it('is told, and its end once the last of several was answered', () => {
    const told: FrameMessage[] = []
    const patience = createPatience((message) => void told.push(message))
    const [first, second, untouched] = [patience.tries(), patience.tries(), patience.tries()]
    void first.next(busy, '1')
    void second.next(busy, '1')
    untouched.over()
    first.over()
    first.over()
    expect(told.map(({ type }) => type)).toEqual(['dashgate:busy', 'dashgate:busy'])
    expect(told[0]).toMatchObject({ waiting: true })
    second.over()
    expect(told.at(-1)).toEqual({ type: 'dashgate:busy-over' })
  })
})
