export interface BackOffOptions {
  /** The first pause; each one after it is twice as long, up to `longestMs`. */
  readonly firstMs: number
  readonly longestMs: number
  readonly now: () => number
  /** At random from 0 to 1. */
  readonly random: () => number
}

/**
 * How long something that has failed is left alone. Half of each pause is left to chance, so that those
 * who failed together do not come back together.
 */
export function createBackOff({ firstMs, longestMs, now, random }: BackOffOptions) {
  let failures = 0
  let until = -Infinity
  return {
    isPausing: () => now() < until,
    /** Whether the last attempt came to nothing. */
    hasFailed: () => failures > 0,
    failed(): void {
      const pause = Math.min(longestMs, firstMs * 2 ** failures)
      failures += 1
      until = now() + pause * (0.5 + random() / 2)
    },
    succeeded(): void {
      failures = 0
      until = -Infinity
    },
  }
}

export type BackOff = ReturnType<typeof createBackOff>
