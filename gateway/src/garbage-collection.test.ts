import { constants, PerformanceObserver } from 'node:perf_hooks'
import { expect, test, vi } from 'vitest'
import { notePassed } from './garbage-collection.ts'

/** Garbage collections that somebody asked for, as Node tells of them. */
function watchForced() {
  const seen: { detail: unknown }[] = []
  const observer = new PerformanceObserver((list) => {
    seen.push(...(list.getEntries() as unknown as typeof seen))
  })
  observer.observe({ entryTypes: ['gc'] })
  const forced = () =>
    seen.filter(({ detail }) => {
      const { kind, flags } = detail as { kind: number; flags: number }
      return (
        kind === constants.NODE_PERFORMANCE_GC_MINOR &&
        (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0
      )
    }).length
  return { forced, stop: () => observer.disconnect() }
}

test('buffers of a stream are freed whenever 4 MiB have passed, and only young ones are looked at', async () => {
  const gc = watchForced()
  try {
    for (let chunk = 0; chunk < 3 * 64; chunk += 1) notePassed(64 * 1024)
    await vi.waitFor(() => expect(gc.forced()).toBe(3))
    notePassed(4 * 1024 * 1024 - 1)
    await new Promise(setImmediate)
    expect(gc.forced()).toBe(3)
    notePassed(1)
    await vi.waitFor(() => expect(gc.forced()).toBe(4))
  } finally {
    gc.stop()
  }
})
