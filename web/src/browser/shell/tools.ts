import { shell as words } from '../../words/en/shell.ts'
import type { FrameOrder } from '../messages.ts'

interface Around {
  root: HTMLElement
  order: (order: FrameOrder) => void
  notice: (text: string) => void
}

const part = (name: string) => document.querySelector<HTMLElement>(`[data-${name}]`)

/** Full screen, print, and what to tell whoever looks after the dashboard. */
export function runTools({ root, order, notice }: Around): { failed(requestId: string): void } {
  const full = part('full-screen')
  if (full !== null) full.hidden = !document.fullscreenEnabled
  full?.addEventListener('click', () => {
    void (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen())
    root.focus()
  })
  // The app's own document is printed: it is as long as it is, and the page around it is not.
  part('print')?.addEventListener('click', () => order({ type: 'dashgate:print' }))
  part('copy-request')?.addEventListener('click', () => {
    const id = part('report-id')?.textContent ?? ''
    void navigator.clipboard.writeText(id).then(() => notice(words.copied))
  })

  return {
    failed(requestId) {
      const shown = part('report-id')
      const before = shown?.textContent ?? ''
      if (shown === null || before === '') return
      shown.textContent = requestId
      const mail = document.querySelector<HTMLAnchorElement>('a[data-report]')
      if (mail !== null)
        mail.href = mail.href.replaceAll(encodeURIComponent(before), encodeURIComponent(requestId))
    },
  }
}
