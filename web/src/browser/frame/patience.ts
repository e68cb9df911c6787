import type { FrameMessage } from '../messages.ts'

export const RETRY_AFTER = 'Retry-After'

/** After so many a callback is given up; a tenant that is busy for longer needs another remedy. */
const MOST_TRIES = 5
const SHORTEST_MS = 1000
const LONGEST_MS = 30_000

/** How long to wait until something refused is asked again: what the gateway says, and a bit by chance. */
export function delayOf(retryAfter: string | null, chance = Math.random()): number {
  const said = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : SHORTEST_MS
  // Pages that were refused at one moment must not all come back at one moment.
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, said)) * (1 + chance / 2)
}

/** The tries of one request. */
export interface Tries {
  /** Whether it was refused for being busy, and may be asked again. */
  may: (meaning: FrameMessage) => boolean
  /** Resolves when it is to be asked again. */
  next: (meaning: FrameMessage, retryAfter: string | null) => Promise<void>
  /** It was answered, or given up. */
  over: () => void
}

export interface Patience {
  tries: () => Tries
}

/**
 * Requests that the gateway refused because the tenant asks for too much are asked again, so that a
 * click is late and not lost. It refuses them before it asks an app, so that nothing is done twice.
 */
export function createPatience(tell: (message: FrameMessage) => void): Patience {
  let waiting = 0

  function tries(): Tries {
    let tried = 0
    let isOver = false
    return {
      may: (meaning) =>
        meaning.type === 'dashgate:busy' && meaning.whose === 'tenant' && tried < MOST_TRIES,
      next(meaning, retryAfter) {
        if (tried === 0) waiting += 1
        tried += 1
        if (meaning.type === 'dashgate:busy') tell({ ...meaning, waiting: true })
        return new Promise((resolve) => setTimeout(resolve, delayOf(retryAfter)))
      },
      over() {
        if (tried === 0 || isOver) return
        isOver = true
        waiting -= 1
        if (waiting === 0) tell({ type: 'dashgate:busy-over' })
      },
    }
  }

  return { tries }
}
