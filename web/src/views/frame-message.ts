import { html, type Markup } from './markup.ts'
import type { Page } from './page.ts'

/** A page of ours inside a dashboard's frame tells the shell what it is: the frame script posts these values. */
export function frameMessage(page: Page, values: Record<string, string>): Markup {
  const attributes = Object.entries(values).map(([name, value]) => html` data-${name}="${value}"`)
  return html`<script src="${page.assets.frameScript}" ${attributes}></script>`
}
