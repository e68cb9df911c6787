import { documentOf } from './document.ts'
import { frameMessage } from './frame-message.ts'
import { localPath, withReturnTo } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { messageBody } from './message-body.ts'
import type { Page } from './page.ts'
import { supportContact } from './support-contact.ts'
import { wordsOf } from '../words/words.ts'

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
  /** In English; another language has its own for the code. */
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
  const { page, status, code, inFrame = false } = m
  const words = wordsOf(page).errors
  const title = said(words.titlesByCode, code) ?? said(words.titles, status) ?? words.somethingWrong
  const message = said(words.messages, code) ?? m.message
  const body = messageBody({
    page,
    title,
    inFrame,
    kicker: words.kicker(status),
    text: html`<p>${message}</p>
      ${m.contact !== undefined && status !== 401 ? supportContact(page, m.contact) : undefined}`,
    actions: actionsOf(m),
    foot: html`<dl class="request-id">
      <div>
        <dt>${words.request}</dt>
        <dd><code>${page.requestId}</code></dd>
      </div>
      <div>
        <dt>${words.code}</dt>
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

/** A code may be called as something that every object has. */
function said<Key extends string | number>(
  words: Readonly<Record<Key, string>>,
  key: Key,
): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined
}

function actionsOf({ page, status, retry, inFrame, next = [] }: ErrorModel): Markup {
  const { errors, frame } = wordsOf(page)
  if (next.length > 0) {
    return html`${next.map((step, at) => stepOf({ ...step, label: said(errors.steps, step.label) ?? step.label }, at))}`
  }
  const here = localPath(page.returnPath)
  const target = inFrame ? html`target="_top"` : undefined
  const home = (kind: string) =>
    html`<a class="${kind}" href="/" ${target}>${frame.allDashboards}</a>`
  if (status === 401) {
    const login = withReturnTo('/login', here)
    return html`<a class="button" href="${login}" ${target}>${frame.signIn}</a>`
  }
  if (!retry) return home('button')
  return html`<a class="button" href="${here}" ${target}>${errors.tryAgain}</a>
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
