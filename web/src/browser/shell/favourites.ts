import { readPage } from './own-page.ts'

/** A star is set without leaving the page; the order of the cards follows with the next one. */
export function keepPlaceWhenMarking(): void {
  addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-favourite]')) return
    const button = form.querySelector('button')
    if (button === null) return
    event.preventDefault()
    void mark(form, button)
  })
}

async function mark(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const body = new URLSearchParams({
    dashboard: form.querySelector('input')?.value ?? '',
    favourite: button.value,
  })
  // What the answer leads to is this page as it is now: it has the words that go with the star.
  const answer = await fetch(form.action, { method: 'POST', body }).catch(() => undefined)
  if (!answer?.ok) return location.reload()
  const next = readPage(await answer.text())
  const slug = body.get('dashboard') ?? ''
  const made = [...next.querySelectorAll<HTMLFormElement>('[data-favourite]')].find(
    (one) => one.querySelector('input')?.value === slug,
  )
  if (made === undefined) return location.reload()
  form.replaceWith(made)
  made.querySelector('button')?.focus()
}
