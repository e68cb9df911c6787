import { documentOf, shellScript } from './document.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page, Person } from './page.ts'
import { signOutForm } from './user-menu.ts'
import { wordsOf } from '../words/words.ts'

/** With a person: asks before signing out. Without: says that it is done. */
export function logoutPage(m: { page: Page; person?: Person }): string {
  const { page, person } = m
  const words = wordsOf(page).messages
  if (person !== undefined) {
    const { signOut } = words
    const body = messageBody({
      page,
      title: signOut.title,
      text: html`<p>${signOut.text(html`<strong>${person.email}</strong>`)}</p>`,
      actions: html`${signOutForm(page, 'button')}<a class="button button-quiet" href="/"
          >${signOut.stay}</a
        >`,
    })
    const content = html`${body} ${shellScript(page)}`
    return documentOf({
      page,
      person,
      body: content,
      layout: 'page',
      title: `${signOut.page} · Dashgate`,
    })
  }
  const body = messageBody({
    page,
    title: words.signedOut.title,
    text: html`<p>${words.signedOut.text}</p>`,
    actions: html`<a class="button" href="/login">${words.signedOut.again}</a>`,
  })
  return documentOf({ page, body, layout: 'page', title: `${words.signedOut.page} · Dashgate` })
}
