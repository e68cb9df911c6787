import { readPage } from './own-page.ts'

/** After the last letter: a search for each would be thrown away at once. */
const PAUSE_MS = 150

/** Told to whoever puts more into the results than the server does. */
export const RESULTS = 'dashgate:results'

/** A search form of ours is asked as one types; its answer is the page that its button would lead to. */
export function searchAsOneTypes(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-live]')
  const input = form?.querySelector<HTMLInputElement>('input[type=search]')
  if (!form || !input) return
  let timer: number | undefined
  let asking: AbortController | undefined
  let asked = input.value

  input.addEventListener('input', () => {
    clearTimeout(timer)
    timer = window.setTimeout(() => void look(), PAUSE_MS)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    clearTimeout(timer)
    void look().then(() => firstLink()?.focus())
  })
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || isTyping(event.target) || document.querySelector('dialog[open]'))
      return
    event.preventDefault()
    input.select()
  })
  // Down from the words into what they found, and back.
  form.parentElement?.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event)
  })

  async function look(): Promise<void> {
    if (!form || !input || input.value === asked) return
    asked = input.value
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    const fields = new URLSearchParams()
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string') fields.append(name, value)
    }
    const url = `${form.getAttribute('action') ?? ''}?${fields}`
    form.setAttribute('aria-busy', 'true')
    try {
      const answer = await fetch(url, { signal, headers: { Accept: 'text/html' } })
      const found = answer.ok && resultsIn(await answer.text())
      // Signed out, or the gateway is busy: its own page says so.
      if (!found) return location.assign(url)
      document.querySelector('[data-live-results]')?.replaceWith(found)
      history.replaceState(history.state, '', url)
      dispatchEvent(new Event(RESULTS))
      form.removeAttribute('aria-busy')
    } catch {
      // Out of reach, or another word came: the form can be sent again.
      if (signal.aborted) return
      asked = ''
      form.removeAttribute('aria-busy')
    }
  }

  function move(event: KeyboardEvent): void {
    const stops = [input, ...links()]
    const at = stops.indexOf(document.activeElement as HTMLInputElement)
    if (at < 0) return
    event.preventDefault()
    stops[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
  }
}

const resultsIn = (text: string): Element | null =>
  readPage(text).querySelector('[data-live-results]')

function links(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-live-results] li a')]
}

function firstLink(): HTMLElement | undefined {
  return links()[0]
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  )
}
