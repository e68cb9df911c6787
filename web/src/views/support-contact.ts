import { wordsOf } from '../words/words.ts'
import { html, type Markup } from './markup.ts'
import type { Page } from './page.ts'

/** One line: whom to ask, and what to tell them. */
export function supportContact(page: Page, contact: string): Markup {
  const href = contactLink(contact)
  const shown = contact.replace(/^mailto:/i, '')
  const whom = href === undefined ? html`${shown}` : html`<a href="${href}">${shown}</a>`
  return html`<p>${wordsOf(page).errors.ask(whom)}</p>`
}

/** Only kinds of links that open nothing but a page or a letter. */
export function contactLink(contact: string): string | undefined {
  if (/^[^\s@:/]+@[^\s@:/]+$/.test(contact)) return `mailto:${contact}`
  const url = URL.parse(contact)
  return url && ['mailto:', 'https:', 'http:'].includes(url.protocol) ? url.href : undefined
}
