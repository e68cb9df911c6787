import { numberIn } from '../words/counted.ts'
import { wordsOf } from '../words/words.ts'
import { documentOf, shellScript } from './document.ts'
import { html, type Markup } from './markup.ts'
import { dayOf, momentOf } from './moment.ts'
import type { Page, Person } from './page.ts'
import { productBar } from './top-bar.ts'

interface Usage {
  page: Page
  person: Person
  /** How far back it looks. */
  days: number
  periods: readonly number[]
  now: number
  /** All days of the period, oldest first. */
  perDay: { date: string; openings: number }[]
  dashboards: {
    tenant: string
    dashboard: string
    openings: number
    people: number
    lastAt: number
  }[]
  openings: { at: number; person: string; tenant: string; dashboard: string }[]
  /** Since the process started; left out for who may not see all tenants. */
  callbacks?: {
    dashboard: string
    callback: string
    requests: number
    failures: number
    seconds: number
  }[]
}

/** Who opened what and when, for staff: a picture, and under it the tables that it was drawn from. */
export function usagePage(m: Usage): string {
  const { page, person, days, periods, dashboards, openings, callbacks, now } = m
  const words = wordsOf(page).usage
  const { language } = page
  const number = (value: number) => numberIn(language, value)
  const body = html`${productBar(page, person)}
    <main id="main" class="usage" tabindex="-1">
      <h1>${words.title}</h1>
      <nav class="chips" aria-label="${words.period}">
        ${periods.map(
          (one) =>
            html`<a
              class="chip"
              href="/usage?days=${one}"
              ${one === days ? html`aria-current="page"` : undefined}
              >${words.days(one)}</a
            >`,
        )}
        <a class="chip" href="/usage.csv?days=${days}" download>${words.csv}</a>
      </nav>
      ${chart(m)}
      ${table(
        words.byDashboard,
        [words.client, words.dashboard, words.openings, words.people, words.last],
        dashboards.map((one) => [
          one.tenant,
          one.dashboard,
          number(one.openings),
          number(one.people),
          momentOf(language, one.lastAt, now),
        ]),
        words.none,
      )}
      ${table(
        words.newest,
        [words.when, words.person, words.client, words.dashboard],
        openings.map((one) => [
          momentOf(language, one.at, now),
          one.person,
          one.tenant,
          one.dashboard,
        ]),
        words.none,
      )}
      ${
        callbacks === undefined
          ? undefined
          : table(
              words.callbacks,
              [words.dashboard, words.callback, words.requests, words.failures, words.seconds],
              callbacks.map((one) => [
                one.dashboard,
                html`<code>${one.callback}</code>`,
                number(one.requests),
                number(one.failures),
                number(Number(one.seconds.toFixed(2))),
              ]),
              words.noCallbacks,
              words.callbacksHint,
            )
      }
    </main>
    ${shellScript(page)}`
  return documentOf({ page, person, body, layout: 'page', title: `${words.title} · Dashgate` })
}

/** Bars for the days; the tables say the same to who does not see it. */
function chart({ page, perDay }: Usage): Markup {
  const words = wordsOf(page).usage
  const all = perDay.reduce((sum, { openings }) => sum + openings, 0)
  const most = Math.max(1, ...perDay.map(({ openings }) => openings))
  const step = 900 / perDay.length
  const day = (one?: { date: string }) => one && dayOf(page.language, one.date)
  const bars = perDay.map(({ date, openings }, i) => {
    const height = (openings / most) * 150
    return html`<rect
      x="${(i * step).toFixed(1)}"
      y="${(160 - height).toFixed(1)}"
      width="${(step * 0.72).toFixed(1)}"
      height="${height.toFixed(1)}"
      rx="2"
    >
      <title>${dayOf(page.language, date)}: ${openings}</title>
    </rect>`
  })
  return html`<figure class="usage-chart">
    <svg viewBox="0 0 900 162" role="img" aria-label="${words.chart(all, perDay.length)}">
      <path d="M0 161h900" />
      ${bars}
    </svg>
    <figcaption class="quiet">
      <span>${day(perDay[0])}</span>
      <span class="usage-chart-sum">${words.chart(all, perDay.length)}</span>
      <span>${day(perDay.at(-1))}</span>
    </figcaption>
  </figure>`
}

function table(
  title: string,
  head: string[],
  rows: (string | Markup)[][],
  none: string,
  hint?: string,
): Markup {
  const body = html`<div class="usage-table" tabindex="0" role="region" aria-label="${title}">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
  return html`<section>
    <h2>${title}</h2>
    ${hint === undefined ? undefined : html`<p class="quiet">${hint}</p>`}
    ${rows.length === 0 ? html`<p class="quiet">${none}</p>` : body}
  </section>`
}
