import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLookAgain } from './look-again.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Readings that end when they are told to. */
function readings() {
  const begun: (() => void)[] = []
  const read = () => new Promise<void>((resolve) => void begun.push(resolve))
  return { begun, read }
}

describe('looking again', () => {
  it('reads once for all who ask before the reading begins, and once a second at most', async () => {
    const read = vi.fn(() => Promise.resolve())
    const lookAgain = createLookAgain(read)
    await lookAgain()
    const asked = Array.from({ length: 500 }, () => lookAgain())
    await vi.advanceTimersByTimeAsync(999)
    expect(read).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all(asked)
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('waits for a reading that began after the question, not for one that is under way', async () => {
    const { begun, read } = readings()
    const lookAgain = createLookAgain(read)
    const answered: string[] = []
    const first = lookAgain().then(() => answered.push('first'))
    await vi.advanceTimersByTimeAsync(0)
    const second = lookAgain().then(() => answered.push('second'))
    begun[0]?.()
    await first
    expect([answered, begun.length]).toEqual([['first'], 1])
    await vi.advanceTimersByTimeAsync(1000)
    begun[1]?.()
    await second
    expect([answered, begun.length]).toEqual([['first', 'second'], 2])
  })

  it('tells all who asked that it failed, and reads again for the next', async () => {
    const read = vi.fn(() => Promise.resolve())
    read.mockRejectedValueOnce(new Error('no database'))
    const lookAgain = createLookAgain(read)
    const asked = await Promise.allSettled([lookAgain(), lookAgain()])
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = lookAgain()
    await vi.advanceTimersByTimeAsync(1000)
    await expect(next).resolves.toBeUndefined()
  })
})
