import type { Asker, Release } from './asker.ts'

/** Somebody who waits for a turn. */
export interface Waiting {
  readonly asker: Asker
  admit(release: Release): void
}

/** Those of one tenant that wait, in the order in which they came; polls after all others. */
export function createQueue() {
  const people = new Set<Waiting>()
  const polls = new Set<Waiting>()
  const lineOf = ({ asker }: Waiting) => (asker.importance === 'poll' ? polls : people)

  return {
    length: () => people.size + polls.size,
    add: (waiting: Waiting) => void lineOf(waiting).add(waiting),
    remove: (waiting: Waiting) => lineOf(waiting).delete(waiting),
    /** The first for whom there is room. */
    takeFirst(hasRoom: (asker: Asker) => boolean): Waiting | undefined {
      for (const line of [people, polls]) {
        for (const waiting of line) {
          if (!hasRoom(waiting.asker)) continue
          line.delete(waiting)
          return waiting
        }
      }
      return undefined
    },
  }
}
