import { wordsOf } from '../words/words.ts'
import { cardArt } from './card-art.ts'
import { documentOf, shellScript } from './document.ts'
import { icon } from './icons.ts'
import { html, type Markup } from './markup.ts'
import { momentOf } from './moment.ts'
import type { Brand, Page, Person } from './page.ts'
import { searchField } from './search-field.ts'
import { timeAgo } from './time-ago.ts'
import { tenantBar } from './top-bar.ts'

export interface HomeDashboard {
  slug: string
  title: string
  description: string
  isFavourite: boolean
  /** When this person opened it last; milliseconds since the epoch. */
  openedAt?: number
}

interface Home {
  page: Page
  person: Person
  brand: Brand
  /** Those that were found. */
  dashboards: HomeDashboard[]
  /** How many there are without a search. */
  total: number
  query: string
  now: number
  /** When the newest data were written, if that is known. */
  dataFrom?: number
}

/** With fewer than this, all are seen at a glance. */
const FEW = 6

/** A tenant's dashboards: favourites first, what was opened last, and all. */
export function homePage(m: Home): string {
  const { page, person, brand, total } = m
  const words = wordsOf(page).home
  const log = html`<a href="/access-log">${wordsOf(page).frame.accessLog}</a>`
  const body = html`${tenantBar(page, person, brand)}
    <main id="main" class="home" tabindex="-1">
      ${head(m)}
      ${
        total === 0
          ? emptyState(page, brand, person)
          : html`<div data-live-results>${results(m)}</div>`
      }
    </main>
    <footer class="page-foot">
      <p>${words.foot(brand.displayName, log)}</p>
      <p>Dashgate</p>
    </footer>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    brand,
    body,
    layout: 'page',
    title: `${words.title} · ${brand.displayName}`,
  })
}

function head({ page, brand, total, query, now, dataFrom }: Home): Markup {
  const words = wordsOf(page).home
  const age = html`<p class="quiet freshness">
    ${words.dataFrom} ${momentOf(page.language, dataFrom ?? now, now)}
  </p>`
  const search = searchField({
    action: '/',
    label: words.search,
    placeholder: words.search,
    button: words.find,
    query,
  })
  return html`<div class="home-head">
    <div>
      <p class="kicker">${brand.displayName}</p>
      <h1>${words.title}</h1>
      <p class="lede">${total === 0 ? words.none : words.ready(total)}</p>
      ${dataFrom === undefined ? undefined : age}
    </div>
    ${total > 1 ? search : undefined}
  </div>`
}

function results(m: Home): Markup {
  const { page, dashboards, total, query } = m
  const words = wordsOf(page).home
  if (query !== '') {
    return html`<p class="quiet list-count" role="status">${words.found(dashboards.length)}</p>
      ${dashboards.length === 0 ? nothing(page, query) : cards(m, dashboards)}`
  }
  const favourites = dashboards.filter(({ isFavourite }) => isFavourite)
  const others = dashboards.filter(({ isFavourite }) => !isFavourite)
  const opened = total > FEW ? recent(page, dashboards) : undefined
  if (favourites.length === 0) return html`${opened} ${cards(m, others)}`
  return html`${opened}
    <h2 class="list-title">${words.favourites}</h2>
    ${cards(m, favourites)}
    ${
      others.length === 0
        ? undefined
        : html`<h2 class="list-title">${words.all}</h2>
            ${cards(m, others)}`
    }`
}

function recent(page: Page, dashboards: HomeDashboard[]): Markup | undefined {
  const last = dashboards
    .filter(({ openedAt }) => openedAt !== undefined)
    .toSorted((a, b) => (b.openedAt ?? 0) - (a.openedAt ?? 0))
    .slice(0, 4)
  if (last.length === 0) return undefined
  return html`<h2 class="list-title">${wordsOf(page).home.recent}</h2>
    <ul class="chips">
      ${last.map(({ slug, title }) => html`<li><a class="chip" href="${pathOf(slug)}">${title}</a></li>`)}
    </ul>`
}

const pathOf = (slug: string) => `/dashboard/${encodeURIComponent(slug.toWellFormed())}/`

function cards({ page, now }: Home, dashboards: HomeDashboard[]): Markup {
  return html`<ul class="cards">
    ${dashboards.map((dashboard) => card(page, dashboard, now))}
  </ul>`
}

function card(page: Page, dashboard: HomeDashboard, now: number): Markup {
  const { slug, title, description, openedAt } = dashboard
  const words = wordsOf(page).home
  const last =
    openedAt === undefined
      ? undefined
      : html`<span class="quiet">${words.opened(timeAgo(page.language, openedAt, now))}</span>`
  return html`<li class="card">
    <div class="card-picture" data-picture="${slug}">${cardArt(slug)}</div>
    <div class="card-text">
      <h2><a class="card-link" href="${pathOf(slug)}">${title}</a></h2>
      <p>${description}</p>
    </div>
    <p class="card-open" aria-hidden="true">${words.open} ${icon('forward')} ${last}</p>
    ${star(page, dashboard)}
  </li>`
}

/** A form of its own, which works without a script. */
function star(page: Page, { slug, title, isFavourite }: HomeDashboard): Markup {
  const words = wordsOf(page).home
  return html`<form class="star" method="post" action="/favourites" data-favourite>
    <input type="hidden" name="dashboard" value="${slug}" />
    <button
      name="favourite"
      value="${isFavourite ? 'no' : 'yes'}"
      aria-label="${isFavourite ? words.unmark(title) : words.mark(title)}"
      ${isFavourite ? html`data-marked` : undefined}
    >
      ${icon('star')}
    </button>
  </form>`
}

function nothing(page: Page, query: string): Markup {
  const words = wordsOf(page).home
  return html`<div class="empty">
    <h2>${words.nothingCalled(query)}</h2>
    <p>${words.nothingHint}</p>
    <a class="button button-quiet" href="/">${words.showAll}</a>
  </div>`
}

function emptyState(page: Page, brand: Brand, person: Person): Markup {
  const words = wordsOf(page).home
  return html`<div class="empty">
    <div class="empty-picture">${cardArt(brand.tenantId)}</div>
    <h2>${words.emptyTitle(brand.displayName)}</h2>
    <p>${person.role === 'admin' ? words.emptyStaff : words.emptyViewer}</p>
  </div>`
}
