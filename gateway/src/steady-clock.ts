/** The time that the ends of sessions and tokens are made and read by. */
export interface SteadyClock {
  /** Milliseconds since the epoch. */
  now(): number
  /**
   * Sets it by the database's clock, which all replicas share.
   *
   * @param ask what the database's clock shows
   */
  follow(ask: () => Promise<number>): Promise<void>
}

/**
 * Moves on with the machine's uptime. When somebody sets the machine's clock, forwards or back, nobody
 * is signed out by it, and nothing lives longer for it.
 */
export function createSteadyClock(
  uptime: () => number = () => performance.now(),
  wallClock: () => number = () => Date.now(),
): SteadyClock {
  let startedAt = wallClock() - uptime()
  return {
    now: () => startedAt + uptime(),
    async follow(ask) {
      const before = uptime()
      const shown = await ask()
      // It was read somewhere between asking and hearing.
      startedAt = shown - (before + uptime()) / 2
    },
  }
}
