import { documentOf } from './document.ts'
import { localPath } from './local-path.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'

/** A first navigation from another site carries no Strict cookie; this page asks again from our own site. */
export function reloadPage(m: { page: Page; path: string }): string {
  const { page } = m
  const path = localPath(m.path)
  const body = messageBody({
    page,
    title: 'Opening…',
    text: html`<p>If nothing happens, go on by hand.</p>`,
    actions: html`<a class="button" href="${path}">Continue</a>`,
  })
  return documentOf({
    page,
    body,
    layout: 'page opening',
    title: 'Opening… · Dashgate',
    head: html`<meta http-equiv="refresh" content="0;url=${path}" />`,
  })
}
