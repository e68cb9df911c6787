/** What only a person does. Moves of a pointer are left out: a mouse moves on a shaking desk, too. */
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

/** Often enough for whoever counts in minutes, rarely enough to cost nothing. */
const TOLD_EVERY_MS = 2000

/** Tells that somebody is at work in this document; what a script does there does not count. */
export function watchActivity(tell: () => void): void {
  let toldAt = -Infinity
  const notice = ({ isTrusted }: Event) => {
    const now = performance.now()
    if (!isTrusted || now - toldAt < TOLD_EVERY_MS) return
    toldAt = now
    tell()
  }
  for (const sign of SIGNS) addEventListener(sign, notice, { capture: true, passive: true })
}
