import { documentOf } from './document.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'
import { wordsOf } from '../words/words.ts'

/** For a browser that sends more than is read, so that nothing is known of the request. */
export function tooLargePage(m: { page: Page; clearsCookies: boolean }): string {
  const { page, clearsCookies } = m
  const { errors, frame } = wordsOf(page)
  const words = errors.tooLarge
  const text = clearsCookies ? words.cookiesText : words.otherText
  const body = messageBody({
    page,
    kicker: errors.kicker(431),
    title: clearsCookies ? words.cookies : words.other,
    text: html`${text.map((one) => html`<p>${one}</p>`)}`,
    actions: html`<a class="button" href="/"
      >${clearsCookies ? errors.tryAgain : frame.allDashboards}</a
    >`,
  })
  return documentOf({ page, body, layout: 'page', title: `${words.page} · Dashgate` })
}
