import { wordsOf } from '../words/words.ts'
import { documentOf, shellScript } from './document.ts'
import { html, type Markup } from './markup.ts'
import { momentOf } from './moment.ts'
import type { Brand, Page, Person } from './page.ts'
import { tenantBar } from './top-bar.ts'

/** One visit of staff, as the tenant's own people see it. */
export interface Visit {
  /** Milliseconds since the epoch. */
  at: number
  /** Domain of the address of who it was. */
  organisation?: string
  /** Tells people apart without naming them. */
  mark: string
  reason?: string
  /** Only what was opened is known, not how it began. */
  begunEarlier?: boolean
  dashboards: string[]
  /** What an operator finds it by. */
  reference: string
}

/** Who looked at our data: visits of staff, newest first. */
export function accessLogPage(m: {
  page: Page
  person: Person
  brand: Brand
  visits: Visit[]
  now: number
  /** Where older ones are. */
  older?: string
}): string {
  const { page, person, brand, visits, now, older } = m
  const words = wordsOf(page).staff
  const list = html`<ol class="visits">
    ${visits.map((visit) => visitItem(page, visit, now))}
  </ol>`
  const nobody = html`<div class="empty">
    <h2>${words.nobody}</h2>
    <p>${words.nobodyHint}</p>
  </div>`
  const body = html`${tenantBar(page, person, brand)}
    <main id="main" class="account" tabindex="-1">
      <h1>${words.log}</h1>
      <p class="lede">${words.logHint(brand.displayName)}</p>
      ${visits.length === 0 ? nobody : list} ${older === undefined ? undefined : pager(page, older)}
    </main>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    brand,
    body,
    layout: 'page',
    title: `${words.log} · ${brand.displayName}`,
  })
}

function pager(page: Page, older: string): Markup {
  const words = wordsOf(page).staff
  const query = new URLSearchParams({ before: older })
  return html`<nav class="pager" aria-label="${words.pages}">
    <a class="button button-quiet" rel="next" href="/access-log?${query}">${words.older}</a>
  </nav>`
}

function visitItem(page: Page, visit: Visit, now: number): Markup {
  const { organisation, mark, reason, dashboards, reference, begunEarlier } = visit
  const words = wordsOf(page).staff
  const unsaid = html`<span class="quiet"
    >${begunEarlier ? words.begunEarlier : words.noReason}</span
  >`
  const nothing = html`<span class="quiet">${words.nothing}</span>`
  return html`<li class="visit">
    <p class="visit-when">${momentOf(page.language, visit.at, now)}</p>
    <div>
      <h2>${reason ?? unsaid}</h2>
      <p class="quiet">${words.who(organisation, mark)}</p>
      <dl class="facts">
        <div>
          <dt>${words.opened}</dt>
          <dd>${dashboards.length === 0 ? nothing : dashboards.join(', ')}</dd>
        </div>
        <div>
          <dt>${words.reference}</dt>
          <dd><code>${reference}</code></dd>
        </div>
      </dl>
    </div>
  </li>`
}
