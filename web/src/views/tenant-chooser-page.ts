import { numberIn } from '../words/counted.ts'
import type { Words } from '../words/en.ts'
import { wordsOf } from '../words/words.ts'
import { documentOf, shellScript } from './document.ts'
import { icon } from './icons.ts'
import { localPath } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { colouredMark } from './monogram.ts'
import type { Page, Person } from './page.ts'
import { searchField } from './search-field.ts'
import { productBar } from './top-bar.ts'

export interface Choice {
  id: string
  displayName: string
  primary?: string
  suspended: boolean
}

/** One page of a list that may have thousands. */
export interface Choices {
  tenants: Choice[]
  /** All that were found. */
  total: number
  page: number
  pages: number
}

/** Staff choose the tenant they act for; the next page asks why. */
export function tenantChooserPage(m: {
  page: Page
  person: Person
  found: Choices
  query: string
  /** Those that the person acted for last; shown until something is searched for. */
  recent: Choice[]
  activeTenantId?: string
  returnTo: string
}): string {
  const { page, person, found, query, recent, activeTenantId, returnTo } = m
  const words = wordsOf(page).staff
  const back = localPath(returnTo)
  const list = (tenants: Choice[]) =>
    html`<ul class="choices">
      ${tenants.map((tenant) => choice(words, tenant, tenant.id === activeTenantId, back))}
    </ul>`
  const isEverything = query === '' && found.page === 1
  const recently = html`<h2 class="list-title">${words.recently}</h2>
    ${list(recent)}
    <h2 class="list-title">${words.all}</h2>`
  const nothing = messageOf(words.nothingCalled(query), words.nothingHint)
  const results = html`<div data-live-results>
    <p class="quiet list-count" role="status">${countOf(page, found, query)}</p>
    ${isEverything && recent.length > 0 ? recently : undefined}
    ${found.total === 0 ? nothing : list(found.tenants)} ${pager(page, found, query, back)}
  </div>`
  const search = searchField({
    action: '/tenant',
    label: words.search,
    placeholder: words.searchHint,
    button: words.find,
    query,
    hidden: { return_to: back },
  })
  const isEmpty = query === '' && found.total === 0
  const body = html`${productBar(page, person)}
    <main id="main" class="chooser" tabindex="-1">
      <h1>${words.choose}</h1>
      <p class="lede">${words.chooseHint}</p>
      ${isEmpty ? messageOf(words.none, words.noneHint) : html`${search} ${results}`}
    </main>
    ${shellScript(page)}`
  return documentOf({ page, person, body, layout: 'page', title: `${words.choose} · Dashgate` })
}

function messageOf(title: string, text: string): Markup {
  return html`<div class="empty">
    <h2>${title}</h2>
    <p>${text}</p>
  </div>`
}

function countOf({ language }: Page, { total, page, pages, tenants }: Choices, query: string) {
  const words = wordsOf({ language }).staff
  const all = query === '' ? words.clients(total) : words.found(words.clients(total))
  if (pages === 1) return all
  const first = page < pages ? (page - 1) * tenants.length + 1 : total - tenants.length + 1
  const number = (value: number) => numberIn(language, value)
  return words.part(number(first), number(first + tenants.length - 1), all)
}

function pager(
  { language }: Page,
  { page, pages }: Choices,
  query: string,
  back: string,
): Markup | undefined {
  if (pages === 1) return undefined
  const words = wordsOf({ language }).staff
  const to = (number: number) => {
    const asked = query === '' ? {} : { q: query }
    return `/tenant?${new URLSearchParams({ ...asked, page: String(number), return_to: back })}`
  }
  const link = (rel: string, number: number, label: string) =>
    html`<a class="button button-quiet" rel="${rel}" href="${to(number)}">${label}</a>`
  return html`<nav class="pager" aria-label="${words.pages}">
    ${page > 1 ? link('prev', page - 1, words.previous) : undefined}
    <span class="quiet">${words.page(numberIn(language, page), numberIn(language, pages))}</span>
    ${page < pages ? link('next', page + 1, words.next) : undefined}
  </nav>`
}

function choice(words: Words['staff'], tenant: Choice, active: boolean, back: string): Markup {
  const { id, displayName, primary, suspended } = tenant
  const name = html`${colouredMark(displayName, primary)}
    <span class="choice-name">${displayName}<span class="quiet">${id}</span></span>`
  if (suspended) {
    return html`<li>
      <span class="choice choice-off">${name}<span class="badge">${words.suspended}</span></span>
    </li>`
  }
  const query = new URLSearchParams({ to: id.toWellFormed(), return_to: back })
  const state = html`<span class="badge badge-active">${icon('check')} ${words.active}</span>`
  return html`<li>
    <a class="choice" href="/tenant?${query}" ${active ? html`aria-current="true"` : undefined}>
      ${name} ${active ? state : icon('forward')}
    </a>
  </li>`
}
