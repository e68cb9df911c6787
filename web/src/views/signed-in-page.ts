import { documentOf, shellScript } from './document.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Brand, Page, Person } from './page.ts'
import { wordsOf } from '../words/words.ts'

/**
 * Where a sign-in ends that was begun beside a page whose session had ended. That page goes on by
 * itself as soon as this one says who is signed in; staff say first for whom they go on.
 */
export function signedInPage(m: {
  page: Page
  person: Person
  /** For whom the new session is; staff without a choice are for nobody yet. */
  brand?: Brand
  /** The tenant that the other page was made for, if it is another. */
  goOnFor?: { id: string; displayName: string }
}): string {
  const { page, person, brand, goOnFor } = m
  const { frame, messages } = wordsOf(page)
  const words = messages.signedIn
  const body =
    goOnFor === undefined
      ? messageBody({
          page,
          title: words.title,
          text: html`<p>${words.text}</p>`,
          actions: html`<button type="button" class="button" data-close>${words.close}</button
            ><a class="button button-quiet" href="/">${frame.allDashboards}</a>`,
        })
      : messageBody({
          page,
          title: words.goOnForQuestion(goOnFor.displayName),
          text: html`<p>${words.goOnText(html`<strong>${goOnFor.displayName}</strong>`)}</p>`,
          actions: html`<form method="post" action="/tenant">
              <input type="hidden" name="tenant" value="${goOnFor.id}" />
              <input type="hidden" name="return_to" value="/signed-in" />
              <input type="hidden" name="reason" value="${words.wentOn}" />
              <button class="button">${words.goOnFor(goOnFor.displayName)}</button>
            </form>
            <a class="button button-quiet" href="/tenant">${words.otherClient}</a>`,
        })
  return documentOf({
    page,
    person,
    // A page that says its tenant resumes others of that tenant: not before it is chosen.
    ...(brand !== undefined && goOnFor === undefined && { brand }),
    body: html`${body} ${shellScript(page)}`,
    layout: 'page',
    title: `${words.page} · Dashgate`,
  })
}
