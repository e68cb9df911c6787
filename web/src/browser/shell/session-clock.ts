import type { TimeLeft } from './session-answer.ts'
import type { SessionWarning } from './session-warning.ts'

/** Long enough to come back from another window (WCAG 2.2.1 asks for 20 seconds). */
const WARN_FOR_MS = 120_000
const TELL_AT_MOST_EVERY_MS = 60_000
/** The gateway did not answer, which says nothing about the session. */
const ASK_AGAIN_MS = 10_000

export interface SessionClock {
  /** What the gateway has just said. */
  take(left: TimeLeft): void
  /** A person is at work here. */
  active(): void
  /** There is no session any more whose end could be told. */
  stop(): void
}

interface Around {
  /** Asks the gateway, which has the last word: other tabs count too. Ends in `take` or `stop`. */
  ask: () => Promise<void>
  /** Tells the gateway that somebody is at work. */
  extend: () => Promise<void>
  warning: SessionWarning
}

/** Knows how long the session lasts, moves its end while somebody is at work, and warns of it. */
export function createSessionClock({ ask, extend, warning }: Around): SessionClock {
  let end = Infinity
  let endsBy: TimeLeft['endsBy'] = 'idle'
  let warnForMs = WARN_FOR_MS
  let tellEveryMs = TELL_AT_MOST_EVERY_MS
  let longestMs = 0
  let toldAt = Date.now()
  let timer: number | undefined

  return { take, active, stop }

  function take(left: TimeLeft): void {
    const leftMs = left.secondsLeft * 1000
    end = Date.now() + leftMs
    endsBy = left.endsBy
    // A short session is warned of later, and kept more often.
    longestMs = Math.max(longestMs, leftMs)
    warnForMs = Math.min(WARN_FOR_MS, longestMs / 3)
    tellEveryMs = Math.min(TELL_AT_MOST_EVERY_MS, longestMs / 20)
    if (leftMs > warnForMs) warning.hide()
    wake(Math.max(leftMs - warnForMs, 0))
  }

  function wake(inMs: number): void {
    clearTimeout(timer)
    // What is further away than a timer can count (24 days) is looked at again before.
    timer = window.setTimeout(() => void look(), Math.min(inMs, 86_400_000))
  }

  async function look(): Promise<void> {
    const asked = end
    // Should there be no answer, it is asked again.
    wake(ASK_AGAIN_MS)
    await ask().catch(() => undefined)
    const leftMs = end - Date.now()
    if (end === Infinity || leftMs > warnForMs) return
    warning.show({ end, endsBy })
    if (end === asked) wake(ASK_AGAIN_MS)
    else wake(Math.max(leftMs, 1000))
  }

  function active(): void {
    if (endsBy === 'age' || Date.now() - toldAt < tellEveryMs) return
    toldAt = Date.now()
    void extend().catch(() => undefined)
  }

  function stop(): void {
    clearTimeout(timer)
    end = Infinity
    warning.hide()
  }
}
