import { html, type Markup } from './markup.ts'

/** One line: whom to ask, and what to tell them. */
export function supportContact(contact: string): Markup {
  const href = linkOf(contact)
  const shown = contact.replace(/^mailto:/i, '')
  const whom = href === undefined ? shown : html`<a href="${href}">${shown}</a>`
  return html`<p>If you cannot go on, ask ${whom} and name the request below.</p>`
}

/** Only kinds of links that open nothing but a page or a letter. */
function linkOf(contact: string): string | undefined {
  if (/^[^\s@:/]+@[^\s@:/]+$/.test(contact)) return `mailto:${contact}`
  const url = URL.parse(contact)
  return url && ['mailto:', 'https:', 'http:'].includes(url.protocol) ? url.href : undefined
}
