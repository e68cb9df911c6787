import { element } from './elements.ts'

export interface OverlayContent {
  /** What it is about, where several titles say the same; the title otherwise. */
  about?: string
  title: string
  text: string
  actions: HTMLElement[]
}

export interface Overlay {
  show(content: OverlayContent): void
  isShown(): boolean
}

/** Covers a page that must not be used any more. A modal dialog: the browser makes the rest inert and keeps the focus. */
export function createOverlay(beforeShown: () => void): Overlay {
  let dialog: HTMLDialogElement | undefined

  function open(): HTMLDialogElement {
    beforeShown()
    const made = element('dialog', {
      class: 'overlay',
      closedby: 'none',
      'aria-labelledby': 'overlay-title',
      'aria-describedby': 'overlay-text',
    })
    document.body.append(made)
    // Escape pressed twice closes a dialog whatever a page says.
    made.addEventListener('close', () => made.showModal())
    return made
  }

  return {
    isShown: () => dialog !== undefined,
    show({ title, text, actions, about = title }) {
      // Said again, as after a question at each focus, it must not take the button from under a finger.
      if (dialog?.dataset['about'] === about) return
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
