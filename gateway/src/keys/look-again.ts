/** However often an unknown key is named, the database is asked at most once in this time. */
const pauseMs = 1000

/**
 * Reads again on request, for what somebody names that is not known here. Who asks gets a reading
 * that began after they did, and waits for it rather than being refused: a name may be forged, or so
 * new that no notification has come yet.
 */
export function createLookAgain(read: () => Promise<void>): () => Promise<void> {
  let next: Promise<void> | undefined
  let begunAt = -Infinity

  async function readAfterPause(): Promise<void> {
    const rest = begunAt + pauseMs - performance.now()
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
    next = undefined
    begunAt = performance.now()
    await read()
  }

  return () => (next ??= Promise.resolve().then(readAfterPause))
}
