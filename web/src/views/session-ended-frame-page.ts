import { documentOf } from './document.ts'
import { frameMessage } from './frame-message.ts'
import { withReturnTo } from './local-path.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'
import { wordsOf } from '../words/words.ts'

/** Answers a dashboard's frame when the session has ended: the provider's sign-in page must not load in a frame. */
export function sessionEndedFramePage(m: { page: Page }): string {
  const { page } = m
  const { frame, messages } = wordsOf(page)
  const words = messages.sessionEnded
  const body = messageBody({
    page,
    inFrame: true,
    title: words.title,
    text: html`<p>${words.text}</p>`,
    actions: html`<a class="button" href="${withReturnTo('/login', page.returnPath)}" target="_top"
      >${frame.signIn}</a
    >`,
  })
  return documentOf({
    page,
    body,
    layout: 'page in-frame',
    title: `${words.page} · Dashgate`,
    head: frameMessage(page, { message: 'session-ended' }),
  })
}
