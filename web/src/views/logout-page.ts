import { documentOf, shellScript } from './document.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page, Person } from './page.ts'
import { signOutForm } from './user-menu.ts'

/** With a person: asks before signing out. Without: says that it is done. */
export function logoutPage(m: { page: Page; person?: Person }): string {
  const { page, person } = m
  if (person !== undefined) {
    const body = messageBody({
      page,
      title: 'Sign out?',
      text: html`<p>
        You are signed in as <strong>${person.email}</strong>. Signing out ends your session in
        every tab.
      </p>`,
      actions: html`${signOutForm('button')}<a class="button button-quiet" href="/"
          >Stay signed in</a
        >`,
    })
    const content = html`${body} ${shellScript(page)}`
    return documentOf({ page, person, body: content, layout: 'page', title: 'Sign out · Dashgate' })
  }
  const body = messageBody({
    page,
    title: 'You are signed out',
    text: html`<p>Your session has ended here. You can close this tab.</p>`,
    actions: html`<a class="button" href="/login">Sign in again</a>`,
  })
  return documentOf({ page, body, layout: 'page', title: 'Signed out · Dashgate' })
}
