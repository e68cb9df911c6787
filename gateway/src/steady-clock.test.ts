import { describe, expect, it } from 'vitest'
import { createSteadyClock } from './steady-clock.ts'

function setUp() {
  const world = { uptime: 500, wallClock: 1_000_000 }
  const clock = createSteadyClock(
    () => world.uptime,
    () => world.wallClock,
  )
  return { world, clock }
}

describe('X11: the steady clock', () => {
  it('begins with what the machine takes the time for, and moves on by itself', () => {
    const { world, clock } = setUp()
    expect(clock.now()).toBe(1_000_000)
    world.uptime += 250
    expect(clock.now()).toBe(1_000_250)
  })

  it.each([3_600_000, -3_600_000, 172_800_000, -172_800_000])(
    'stays where it is when the clock of the machine is set by %i ms',
    (jump) => {
      const { world, clock } = setUp()
      world.wallClock += jump
      expect(clock.now()).toBe(1_000_000)
    },
  )

  it('follows the clock of the database, in the middle between asking and hearing', async () => {
    const { world, clock } = setUp()
    await clock.follow(async () => {
      world.uptime += 100
      return 5_000_000
    })
    expect(clock.now()).toBe(5_000_050)
  })

  it('goes on when the database cannot say', async () => {
    const { clock } = setUp()
    await expect(clock.follow(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
    expect(clock.now()).toBe(1_000_000)
  })
})
