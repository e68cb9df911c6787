import { cardArt } from './card-art.ts'
import { documentOf, shellScript } from './document.ts'
import { icon } from './icons.ts'
import { html, type Markup } from './markup.ts'
import type { Brand, Page, Person } from './page.ts'
import { tenantBar } from './top-bar.ts'

interface Dashboard {
  slug: string
  title: string
  description: string
}

/** A tenant's dashboards. */
export function homePage(m: {
  page: Page
  person: Person
  brand: Brand
  dashboards: Dashboard[]
}): string {
  const { page, person, brand, dashboards } = m
  const body = html`${tenantBar(page, person, brand)}
    <main id="main" class="home" tabindex="-1">
      <div class="home-head">
        <p class="kicker">${brand.displayName}</p>
        <h1>Dashboards</h1>
        <p class="lede">${countOf(dashboards)}</p>
      </div>
      ${dashboards.length === 0 ? emptyState(brand, person) : cards(dashboards)}
    </main>
    <footer class="page-foot">
      <p>
        Figures of ${brand.displayName} only. Each opening is recorded:
        <a href="/access-log">who looked at our data</a>.
      </p>
      <p>Dashgate</p>
    </footer>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    brand,
    body,
    layout: 'page',
    title: `Dashboards · ${brand.displayName}`,
  })
}

function countOf(dashboards: Dashboard[]): string {
  if (dashboards.length === 0) return 'Nothing here yet.'
  return dashboards.length === 1
    ? 'One dashboard is ready.'
    : `${dashboards.length} dashboards are ready.`
}

function cards(dashboards: Dashboard[]): Markup {
  return html`<ul class="cards">
    ${dashboards.map(
      ({ slug, title, description }) =>
        html`<li class="card">
          <div class="card-picture">${cardArt(slug)}</div>
          <div class="card-text">
            <h2>
              <a class="card-link" href="/dashboard/${encodeURIComponent(slug.toWellFormed())}/"
                >${title}</a
              >
            </h2>
            <p>${description}</p>
          </div>
          <p class="card-open" aria-hidden="true">Open ${icon('forward')}</p>
        </li>`,
    )}
  </ul>`
}

function emptyState(brand: Brand, person: Person): Markup {
  const advice = person.canSwitch
    ? 'An operator assigns dashboards to a client with the admin API.'
    : 'Your contact can assign dashboards to you; they appear here as soon as that is done.'
  return html`<div class="empty">
    <div class="empty-picture">${cardArt(brand.tenantId)}</div>
    <h2>No dashboards are assigned to ${brand.displayName}</h2>
    <p>${advice}</p>
  </div>`
}
