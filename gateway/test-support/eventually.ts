import { vi } from 'vitest'

/** Waits until a check passes; how long that takes is nobody's business on a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000 })
