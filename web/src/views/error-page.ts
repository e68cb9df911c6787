import { documentOf } from './document.ts'
import { frameMessage } from './frame-message.ts'
import { localPath, withReturnTo } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'
import { supportContact } from './support-contact.ts'

/** Something that a person may do next: a link of ours, or a form with one button. */
interface NextStep {
  label: string
  path: string
  method?: 'post'
}

interface ErrorModel {
  page: Page
  status: number
  code: string
  title: string
  message: string
  /** Trying the same again may help. */
  retry?: boolean
  /** Shown inside a dashboard's frame: tells the shell, which offers the retry. */
  inFrame?: boolean
  /** What to do next, best first, in place of what pages of this status offer. */
  next?: readonly NextStep[]
  /** Whom to ask: words, an e-mail address, or a URL. */
  contact?: string
}

/** What happened, what to do, and the request id by which an operator finds it in the logs. */
export function errorPage(m: ErrorModel): string {
  const { page, status, code, title, message, inFrame = false } = m
  const body = messageBody({
    page,
    title,
    inFrame,
    kicker: `Error ${status}`,
    text: html`<p>${message}</p>
      ${m.contact !== undefined && status !== 401 ? supportContact(m.contact) : undefined}`,
    actions: actionsOf(m),
    foot: html`<dl class="request-id">
      <div>
        <dt>Request</dt>
        <dd><code>${page.requestId}</code></dd>
      </div>
      <div>
        <dt>Code</dt>
        <dd><code>${code}</code></dd>
      </div>
    </dl>`,
  })
  const told = { message: 'failed', code, title, text: message, 'request-id': page.requestId }
  return documentOf({
    page,
    body,
    layout: inFrame ? 'page in-frame' : 'page',
    title: `${title} · Dashgate`,
    ...(inFrame && { head: frameMessage(page, told) }),
  })
}

function actionsOf({ page, status, retry, inFrame, next = [] }: ErrorModel): Markup {
  if (next.length > 0) return html`${next.map(stepOf)}`
  const here = localPath(page.returnPath)
  const target = inFrame ? html`target="_top"` : undefined
  const home = (kind: string) => html`<a class="${kind}" href="/" ${target}>All dashboards</a>`
  if (status === 401) {
    const login = withReturnTo('/login', here)
    return html`<a class="button" href="${login}" ${target}>Sign in</a>`
  }
  if (!retry) return home('button')
  return html`<a class="button" href="${here}" ${target}>Try again</a>
    ${here === '/' ? undefined : home('button button-quiet')}`
}

function stepOf({ label, path, method }: NextStep, index: number): Markup {
  const kind = index === 0 ? 'button' : 'button button-quiet'
  const target = localPath(path)
  if (method === undefined) return html`<a class="${kind}" href="${target}">${label}</a>`
  return html`<form method="post" action="${target}">
    <button class="${kind}">${label}</button>
  </form>`
}
