/** Lets in so many at a time; who waits longer than allowed is turned away with an error. */
export interface Turnstile {
  /** Resolves to the function that gives the place back. */
  enter(): Promise<() => void>
  /** Places that are taken, and how many wait for one. */
  use(): { readonly taken: number; readonly waiting: number }
}

interface Waiter {
  readonly admit: () => void
}

/**
 * A pool of the driver queues without limit, and what has waited too long there still runs after
 * its caller was refused. So waiting happens here, in front of the pool.
 */
export function createTurnstile(
  places: number,
  patienceMs: number,
  tooLate: () => Error,
): Turnstile {
  let free = places
  const waiting = new Set<Waiter>()

  function leaveOnce(): () => void {
    let left = false
    return () => {
      if (left) return
      left = true
      const [next] = waiting
      if (next) next.admit()
      else free += 1
    }
  }

  return {
    use: () => ({ taken: places - free, waiting: waiting.size }),
    enter() {
      if (free > 0) {
        free -= 1
        return Promise.resolve(leaveOnce())
      }
      return new Promise((resolve, reject) => {
        const giveUp = setTimeout(() => {
          waiting.delete(waiter)
          reject(tooLate())
        }, patienceMs)
        const waiter: Waiter = {
          admit: () => {
            clearTimeout(giveUp)
            waiting.delete(waiter)
            resolve(leaveOnce())
          },
        }
        waiting.add(waiter)
      })
    },
  }
}
