import { html, type Markup } from './markup.ts'
import type { Page } from './page.ts'
import { productBar } from './top-bar.ts'

interface Message {
  page: Page
  title: string
  text: Markup
  actions: Markup
  /** A short line over the title, e.g. the status. */
  kicker?: string
  foot?: Markup
  /** Inside a dashboard's frame the shell's bar is already there. */
  inFrame?: boolean
}

/** One message in the middle of the page, and what to do next. */
export function messageBody({
  page,
  title,
  text,
  actions,
  kicker,
  foot,
  inFrame,
}: Message): Markup {
  return html`${inFrame ? undefined : productBar(page)}
    <main id="main" class="message" tabindex="-1">
      <div class="message-card">
        ${kicker && html`<p class="kicker">${kicker}</p>`}
        <h1>${title}</h1>
        ${text}
        <div class="actions">${actions}</div>
        ${foot}
      </div>
    </main>`
}
