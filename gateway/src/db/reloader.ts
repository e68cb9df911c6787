/** How long after a failure it is tried again. */
const retryAfterMs = 500

/**
 * Reads something again whenever that is asked for: one reading at a time, so that an older state
 * never replaces a newer one, and again after a failure, so that no change is missed for good.
 */
export function createReloader(
  reload: () => Promise<void>,
  onFailure: (error: unknown) => void,
  retryMs = retryAfterMs,
) {
  let state: 'idle' | 'reading' | 'again' = 'idle'
  let retry: NodeJS.Timeout | undefined
  let stopped = false

  function request(): void {
    if (stopped) return
    if (state !== 'idle') {
      state = 'again'
      return
    }
    state = 'reading'
    clearTimeout(retry)
    reload()
      .catch((error: unknown) => {
        onFailure(error)
        if (!stopped) retry = setTimeout(request, retryMs)
      })
      .finally(() => {
        const wanted = state === 'again'
        state = 'idle'
        if (wanted) request()
      })
  }

  return {
    request,
    stop(): void {
      stopped = true
      clearTimeout(retry)
    },
  }
}
