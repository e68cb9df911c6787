import type { FrameMessage } from '../messages.ts'
import { intercept } from './intercept.ts'

/** Tells where the app is and how it calls the page, so that the address bar can be shared. */
export function watchLocation(slug: string, tell: (message: FrameMessage) => void): void {
  let last = ''
  const look = () => {
    const path = location.pathname + location.search + location.hash
    const { title } = document
    if (last === `${path} ${title}`) return
    last = `${path} ${title}`
    tell({ type: 'dashgate:location', path, title, slug })
  }

  // `_dashprivate_pushstate`: dcc.Link and dcc.Location say so themselves; other routers only call history.
  for (const event of ['popstate', 'hashchange', '_dashprivate_pushstate', 'DOMContentLoaded']) {
    addEventListener(event, look)
  }
  for (const method of ['pushState', 'replaceState'] as const) {
    intercept(history, method, (call) => {
      call()
      look()
    })
  }
  addEventListener('DOMContentLoaded', () => {
    const observer = new MutationObserver(look)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
  })
  addEventListener('pagehide', () => tell({ type: 'dashgate:loading' }))
  look()
}

/** The server never sees the `#…` of a shared link; the shell's address has it, once for each frame it makes. */
export function takeHashOfShell(): void {
  if (parent === window) return
  const frame = window.frameElement
  if (frame?.hasAttribute('data-fresh') !== true) return
  frame.removeAttribute('data-fresh')
  const { hash } = parent.location
  if (hash !== '' && location.hash === '') history.replaceState(history.state, '', hash)
}
