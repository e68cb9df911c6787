import { documentOf, shellScript } from './document.ts'
import { localPath } from './local-path.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'
import { wordsOf } from '../words/words.ts'

/**
 * Goes on from our own site to where a Strict cookie is sent: a navigation from another site carries
 * none. The script takes the fragment along, which no server ever sees.
 */
export function openingPage(m: { page: Page; next: string }): string {
  const { page } = m
  const next = localPath(m.next)
  const words = wordsOf(page).messages.opening
  const body = messageBody({
    page,
    title: words.title,
    text: html`<p>${words.text}</p>`,
    actions: html`<a class="button" href="${next}" data-opening>${words.action}</a>`,
  })
  return documentOf({
    page,
    body: html`${body} ${shellScript(page)}`,
    layout: 'page opening',
    title: `${words.title} · Dashgate`,
    head: html`<noscript><meta http-equiv="refresh" content="0;url=${next}" /></noscript>`,
  })
}
