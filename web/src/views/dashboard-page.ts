import { documentOf, shellScript } from './document.ts'
import { icon } from './icons.ts'
import { localPath } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { tenantMark } from './monogram.ts'
import type { Brand, Page, Person } from './page.ts'
import { toolsMenu } from './tools-menu.ts'
import type { ListedView } from '../listed-view.ts'
import { viewsMenu } from './views-menu.ts'
import { staffBand } from './top-bar.ts'
import { userMenu } from './user-menu.ts'
import { wordsOf } from '../words/words.ts'

// `allow-top-navigation-by-user-activation`: without it a link with target=_top (sign in again) does nothing when clicked.
const SANDBOX =
  'allow-scripts allow-same-origin allow-downloads allow-modals allow-forms allow-popups allow-top-navigation-by-user-activation'

/** The page around a dashboard; its frame asks for the page's own path and gets the app. */
export function dashboardPage(m: {
  page: Page
  person: Person
  brand: Brand
  dashboard: { slug: string; title: string }
  framePath: string
  /** Scripts that the frame will ask for late: their way to the browser begins here. */
  lateScripts?: readonly string[]
  /** Without it there is no menu: they could not be read. */
  views?: {
    listed: readonly ListedView[]
    /** The one to open with. */
    shownId?: string
    /** The link's view is not there. */
    isGone?: boolean
  }
  /** Of the newest dataset, in milliseconds since the epoch. */
  dataAt?: number
  /** Whom to ask: words, an e-mail address, or a URL. */
  contact?: string
}): string {
  const { page, person, brand, dashboard, framePath, lateScripts = [] } = m
  const words = wordsOf(page)
  const body = html`<header class="top-bar viewer-bar">
      <a class="back" href="/">${icon('back')}<span>${words.frame.allDashboards}</span></a>
      ${tenantMark(brand)}
      <h1>${dashboard.title}<span class="viewer-tenant">${brand.displayName}</span></h1>
      <p class="viewer-status" role="status" data-status></p>
      ${m.views && viewsMenu(page, m.views)} ${toolsMenu(page, m)} ${userMenu(page, person)}
    </header>
    ${staffBand(page, person, brand)}
    <main
      id="main"
      class="stage"
      tabindex="-1"
      aria-label="${words.dashboard.region}"
      data-stage
      data-state="loading"
      data-slug="${dashboard.slug}"
      data-title="${dashboard.title}"
      ${m.views?.shownId && html`data-view="${m.views.shownId}"`}
    >
      <noscript><p class="stage-noscript">${words.dashboard.needsScript}</p></noscript>
      <iframe
        class="stage-frame"
        src="${localPath(framePath)}"
        title="${dashboard.title}"
        sandbox="${SANDBOX}"
        data-fresh
      ></iframe>
      <progress
        class="stage-progress"
        max="4"
        value="0"
        aria-label="${words.dashboard.progress}"
        data-progress
      ></progress>
      ${skeleton()} ${failure(page)} ${notice(page)}
    </main>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    brand,
    body,
    // Not as scripts: they would be compiled for this page, and then once more for the frame.
    head: html`${lateScripts.map(
      (url) =>
        html`<link rel="preload" as="fetch" crossorigin="anonymous" href="${localPath(url)}" />`,
    )}`,
    layout: 'viewer',
    title: `${dashboard.title} · ${brand.displayName}`,
  })
}

/** What a dashboard will look like, until it does. */
function skeleton(): Markup {
  return html`<div class="stage-skeleton" aria-hidden="true">
    <span class="bone bone-title"></span>
    <span class="bone bone-field"></span><span class="bone bone-field"></span>
    <span class="bone bone-chart"></span><span class="bone bone-table"></span>
  </div>`
}

function failure(page: Page): Markup {
  const { frame, dashboard } = wordsOf(page)
  return html`<section
    class="stage-failure"
    data-failure
    tabindex="-1"
    aria-labelledby="failure-title"
  >
    <div class="stage-failure-card">
      <h2 id="failure-title" data-failure-title>${dashboard.didNotLoad}</h2>
      <p data-failure-text></p>
      <p class="request-id" data-failure-request hidden></p>
      <div class="actions">
        <button type="button" class="button" data-retry>${dashboard.tryAgain}</button>
        <a class="button button-quiet" href="/">${frame.allDashboards}</a>
      </div>
    </div>
  </section>`
}

function notice(page: Page): Markup {
  return html`<div class="notice" data-notice hidden>
    <p role="status" data-notice-text></p>
    <button type="button" class="button button-small" data-notice-retry hidden>
      ${wordsOf(page).dashboard.tryAgain}
    </button>
    <button type="button" class="button button-quiet button-small" data-notice-dismiss>
      ${wordsOf(page).dashboard.dismiss}
    </button>
  </div>`
}
