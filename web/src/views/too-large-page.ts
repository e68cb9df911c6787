import { documentOf } from './document.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'

/** For a browser that sends more than is read, so that nothing is known of the request. */
export function tooLargePage(m: { page: Page; clearsCookies: boolean }): string {
  const { page, clearsCookies } = m
  const cookies = html`<p>
      Your browser sends more cookies with each request than this site reads; another site of the
      same domain may have set them. It has just been asked to remove them.
    </p>
    <p>
      Try again. If this page comes back, remove the cookies of this site in your browser’s
      settings. You may have to sign in afterwards.
    </p>`
  const other = html`<p>
    The address or another part of the request is longer than this site reads. Start from the home
    page; if this page comes back, remove the cookies of this site in your browser’s settings.
  </p>`
  const body = messageBody({
    page,
    kicker: 'Error 431',
    title: clearsCookies ? 'Too many cookies' : 'Too much to read',
    text: clearsCookies ? cookies : other,
    actions: html`<a class="button" href="/">${clearsCookies ? 'Try again' : 'All dashboards'}</a>`,
  })
  return documentOf({ page, body, layout: 'page', title: 'Too large · Dashgate' })
}
