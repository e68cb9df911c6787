import { documentOf } from './document.ts'
import { frameMessage } from './frame-message.ts'
import { withReturnTo } from './local-path.ts'
import { html } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'

/** Answers a dashboard's frame when the session has ended: the provider's sign-in page must not load in a frame. */
export function sessionEndedFramePage(m: { page: Page }): string {
  const { page } = m
  const body = messageBody({
    page,
    inFrame: true,
    title: 'Your session has ended',
    text: html`<p>Sign in again to go on where you were.</p>`,
    actions: html`<a class="button" href="${withReturnTo('/login', page.returnPath)}" target="_top"
      >Sign in</a
    >`,
  })
  return documentOf({
    page,
    body,
    layout: 'page in-frame',
    title: 'Session ended · Dashgate',
    head: frameMessage(page, { message: 'session-ended' }),
  })
}
