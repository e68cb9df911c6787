import { describe, expect, it } from 'vitest'
import { measureRevocations } from './revocation-times.ts'

function setUp(secondsSinceRevoked: () => Promise<number | undefined> = async () => undefined) {
  const world = { now: 10_000, observed: [] as string[] }
  const times = measureRevocations(
    { observeRevocation: (kind, seconds) => void world.observed.push(`${kind} ${seconds}`) },
    { secondsSinceRevoked },
    () => world.now,
  )
  return { world, times }
}

describe('the time that a revocation takes', () => {
  it('is from the moment that the notification names to the end here', () => {
    const { world, times } = setUp()
    times.ofSession(9_750)
    times.ofSession(undefined)
    expect(world.observed).toEqual(['session 0.25'])
  })

  it('is asked of the database where no notification came', async () => {
    const { world, times } = setUp(async () => 1.5)
    await times.foundOut('h')
    expect(world.observed).toEqual(['session 1.5'])
    const expired = setUp()
    await expired.times.foundOut('h')
    const cut = setUp(() => Promise.reject(new Error('database gone')))
    await cut.times.foundOut('h')
    expect([...expired.world.observed, ...cut.world.observed]).toEqual([])
  })

  it('is counted from the oldest of several changes, until one reading of them succeeds', async () => {
    const { world, times } = setUp()
    times.accessChanged(8_000)
    times.accessChanged(9_000)
    await expect(times.ofAccess(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    world.now = 10_500
    await times.ofAccess(async () => 3)
    expect(world.observed).toEqual(['access 2.5'])
    times.accessChanged(10_000)
    await times.ofAccess(async () => 0)
    await times.ofAccess(async () => 1)
    expect(world.observed).toHaveLength(1)
  })
})
