import { describe, expect, it, vi } from 'vitest'
import { createReloader } from './reloader.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a reloader', () => {
  it('reads once more for everything that is asked for while it reads', async () => {
    const turns: (() => void)[] = []
    const reloader = createReloader(
      () => new Promise((resolve) => turns.push(resolve)),
      () => {},
    )
    for (let times = 0; times < 5; times += 1) reloader.request()
    expect(turns).toHaveLength(1)
    turns[0]?.()
    await settled()
    expect(turns).toHaveLength(2)
    turns[1]?.()
    await settled()
    expect(turns).toHaveLength(2)
  })

  it('tries again after a failure until it succeeds', async () => {
    const faults: unknown[] = []
    let tries = 0
    const reloader = createReloader(
      () => {
        tries += 1
        return tries < 3 ? Promise.reject(new Error('down')) : Promise.resolve()
      },
      (error) => faults.push(error),
      1,
    )
    reloader.request()
    await vi.waitFor(() => expect(tries).toBe(3))
    expect(faults).toHaveLength(2)
  })

  it('does nothing more once it is stopped', async () => {
    let tries = 0
    const reloader = createReloader(
      () => {
        tries += 1
        return Promise.reject(new Error('down'))
      },
      () => {},
      1,
    )
    reloader.request()
    reloader.stop()
    reloader.request()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(tries).toBe(1)
  })
})
