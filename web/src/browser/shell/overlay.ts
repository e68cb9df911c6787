import { element } from './elements.ts'

export interface OverlayContent {
  /** What it is about, where several titles say the same; the title otherwise. */
  about?: string
  title: string
  text: string
  actions: HTMLElement[]
  /** The page beneath may go on afterwards: it is hidden, not removed. */
  keepsPage?: boolean
}

export interface Overlay {
  show(content: OverlayContent): void
  /** Gives the page beneath free again; `false` when it is gone. */
  lift(): boolean
  isShown(): boolean
}

/** What happens to the page beneath. */
export interface Beneath {
  conceal(): void
  reveal(): void
  remove(): void
}

/** Covers a page that must not be used any more. A modal dialog: the browser makes the rest inert and keeps the focus. */
export function createOverlay(beneath: Beneath): Overlay {
  let dialog: HTMLDialogElement | undefined
  let isKept = true

  function open(): HTMLDialogElement {
    const made = element('dialog', {
      class: 'overlay',
      closedby: 'none',
      'aria-labelledby': 'overlay-title',
      'aria-describedby': 'overlay-text',
    })
    document.body.append(made)
    // Escape pressed twice closes a dialog whatever a page says.
    made.addEventListener('close', () => made === dialog && made.showModal())
    return made
  }

  return {
    isShown: () => dialog !== undefined,
    lift() {
      if (!isKept) return false
      dialog?.remove()
      dialog = undefined
      beneath.reveal()
      return true
    },
    show({ title, text, actions, about = title, keepsPage = false }) {
      // Said again, as after a question at each focus, it must not take the button from under a finger.
      if (dialog?.dataset['about'] === about) return
      isKept &&= keepsPage
      if (isKept) beneath.conceal()
      else beneath.remove()
      dialog ??= open()
      dialog.dataset['about'] = about
      dialog.replaceChildren(
        element('h2', { id: 'overlay-title' }, title),
        element('p', { id: 'overlay-text' }, text),
        element('div', { class: 'actions' }, ...actions),
      )
      if (!dialog.open) dialog.showModal()
      actions[0]?.focus()
    },
  }
}
