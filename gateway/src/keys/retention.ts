import type { RingName } from './key-row.ts'

/*
 * The times in a key's life, in seconds. What a key has made stays good for its own time after the
 * key was retired; then nothing can depend on the key any more, and it is removed.
 */

/** A tenant token lives no longer. */
export const longestTokenLife = 15 * 60

/** A sign-in that has begun and not come back is good for so long; its state is a sealed cookie. */
const longestSignIn = 10 * 60

/**
 * Apps may keep the key set for a minute (`Cache-Control` there), so a key that signs is published
 * for twice as long before: a token of a key that an app does not know would be refused.
 */
export const publishedBeforeUse = 120

/** A replica that could not read its keys for so long makes nothing new: its own may be retired. */
export const trustedUnread = 240

/** More than that, and than clocks differ: nothing is made with a key so long after it was retired. */
export const lateUse = 300

/** How long a retired key is accepted, at the least; `sessionSeconds` is the longest session. */
export const acceptedAfterRetirement = (ring: RingName, sessionSeconds: number): number =>
  lateUse + (ring === 'tenant-token' ? longestTokenLife : Math.max(sessionSeconds, longestSignIn))
