import type { FrameMessage } from '../messages.ts'

type Appearance = 'loading' | 'ready' | 'failed'

/** Reads from Dash's own page how far the app is. */
export function appearance(entry: Element | null): Appearance {
  if (entry === null) return 'loading'
  const error = entry.querySelector('._dash-error')?.textContent ?? ''
  if (error.startsWith('Error loading')) return 'failed'
  if (entry.firstElementChild === null || entry.querySelector(':scope > ._dash-loading')) {
    return 'loading'
  }
  return entry.textContent.trim() === 'Loading...' ? 'loading' : 'ready'
}

/** Tells once when the app has rendered, or that Dash itself has given up. */
export function watchRendering(tell: (message: FrameMessage) => void): void {
  const observer = new MutationObserver(check)
  observer.observe(document, { childList: true, subtree: true, characterData: true })
  check()

  function check(): void {
    const state = appearance(document.getElementById('react-entry-point'))
    if (state === 'loading') return
    observer.disconnect()
    tell(
      state === 'ready'
        ? { type: 'dashgate:ready' }
        : { type: 'dashgate:failed', scope: 'page', code: 'app_did_not_start' },
    )
  }
}
