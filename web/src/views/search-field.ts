import { icon } from './icons.ts'
import { html, type Markup } from './markup.ts'

/** A search that works by its button, and with the script as one types: it replaces `data-live-results`. */
export function searchField(m: {
  action: string
  label: string
  placeholder: string
  button: string
  query: string
  /** What the address keeps beside the words. */
  hidden?: Record<string, string>
}): Markup {
  const { action, label, placeholder, button, query, hidden = {} } = m
  return html`<form class="search" role="search" action="${action}" data-live>
    ${Object.entries(hidden).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    ${icon('search')}
    <input
      type="search"
      name="q"
      value="${query}"
      aria-label="${label}"
      placeholder="${placeholder}"
      maxlength="100"
      autocomplete="off"
      spellcheck="false"
      aria-keyshortcuts="/"
    />
    <button class="button button-small">${button}</button>
  </form>`
}
