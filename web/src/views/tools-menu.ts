import { wordsOf } from '../words/words.ts'
import { icon } from './icons.ts'
import { html, type Markup } from './markup.ts'
import type { Page } from './page.ts'
import { contactLink } from './support-contact.ts'

/** What can be done with a dashboard as it is, and what to say where it is not as it should be. */
export function toolsMenu(
  page: Page,
  about: { dashboard: { title: string }; dataAt?: number; contact?: string },
): Markup {
  const words = wordsOf(page).dashboard
  return html`<details class="menu tools-menu">
    <summary class="menu-button">
      ${icon('more')}<span class="visually-hidden">${words.more}</span>
    </summary>
    <div class="menu-panel">
      ${about.dataAt === undefined ? undefined : dataDate(page, about.dataAt)}
      ${action('full-screen', icon('fullScreen'), words.fullScreen)}
      ${action('print', icon('print'), words.print)} ${reportLink(page, about)}
      ${action('copy-request', icon('copy'), words.copyRequest)}
      <p class="menu-note quiet">${words.request} <code data-report-id>${page.requestId}</code></p>
    </div>
  </details>`
}

/** Buttons that the page's script gives a meaning. */
const ATTRIBUTES = {
  'full-screen': html`data-full-screen`,
  print: html`data-print`,
  'copy-request': html`data-copy-request`,
}

function action(name: keyof typeof ATTRIBUTES, symbol: Markup, text: string): Markup {
  return html`<button type="button" class="menu-item" ${ATTRIBUTES[name]}>
    ${symbol} ${text}
  </button>`
}

function dataDate(page: Page, moment: number): Markup {
  const day = new Intl.DateTimeFormat(page.language, { dateStyle: 'long', timeZone: 'UTC' })
  const iso = new Date(moment).toISOString()
  const said = html`<time datetime="${iso}"
    >${wordsOf(page).dashboard.dataOf(day.format(moment))}</time
  >`
  return html`<p class="menu-note quiet">${said}</p>`
}

/** A letter to whom the operator has named; a page of theirs is opened beside this one. */
function reportLink(
  page: Page,
  { dashboard, contact }: { dashboard: { title: string }; contact?: string },
): Markup | undefined {
  const words = wordsOf(page).dashboard
  const link = contact === undefined ? undefined : contactLink(contact)
  if (link === undefined) return undefined
  const isMail = link.startsWith('mailto:')
  const subject = encodeURIComponent(words.mailSubject(dashboard.title.toWellFormed()))
  const body = encodeURIComponent(words.mailBody(page.requestId.toWellFormed()))
  const href = isMail ? `${link.split('?')[0]}?subject=${subject}&body=${body}` : link
  return html`<a
    class="menu-item"
    href="${href}"
    data-report
    ${isMail ? undefined : html`target="_blank" rel="noreferrer"`}
    >${icon('report')} ${words.report}</a
  >`
}
