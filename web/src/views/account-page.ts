import { deviceWords } from './device-words.ts'
import { documentOf, shellScript } from './document.ts'
import { html, type Markup } from './markup.ts'
import { THEMES, type Brand, type Page, type Person } from './page.ts'
import { timeAgo } from './time-ago.ts'
import { productBar, tenantBar } from './top-bar.ts'
import { signOutForm } from './user-menu.ts'
import { LANGUAGE_NAMES, LANGUAGES } from '../words/language.ts'
import { wordsOf } from '../words/words.ts'

/** One session of the person who looks; times in milliseconds since the epoch. */
export interface SignIn {
  /** Names the session in the form, and opens nothing. */
  handle: string
  /** The one that looks. */
  isThis: boolean
  /** What the browser said of itself. */
  userAgent?: string
  signedInAt: number
  lastUsedAt: number
  /** For whom, where staff work for several. */
  tenantName?: string
}

/** A view of the person who looks. */
export interface OwnView {
  id: string
  name: string
  slug: string
  /** The dashboard's title. */
  dashboard: string
}

/** Where a person is signed in, and the way to end that elsewhere. */
export function accountPage(m: {
  page: Page
  person: Person
  brand?: Brand
  signIns: SignIn[]
  now: number
  /** What was just done. */
  done?: 'ended' | 'saved' | 'views'
  /** Left out where they could not be read. */
  views?: readonly OwnView[]
  /** Chosen by hand; otherwise the browser's wish. */
  hasChosenLanguage?: boolean
}): string {
  const { page, person, brand, signIns, now, done } = m
  const { account: words, frame } = wordsOf(page)
  const others = signIns.some(({ isThis }) => !isThis)
  const body = html`${brand ? tenantBar(page, person, brand) : productBar(page, person)}
    <main id="main" class="account" tabindex="-1">
      <h1>${words.title}</h1>
      <p class="lede">${person.email} · ${person.role === 'admin' ? frame.staff : frame.viewer}</p>
      ${done && html`<p class="account-done" role="status">${doneWords(page)[done]}</p>`}
      <section aria-labelledby="sign-ins">
        <h2 id="sign-ins">${words.signIns}</h2>
        <p class="quiet">${words.signInsHint}</p>
        <ul class="sign-ins">
          ${signIns.map((one) => signInItem(page, one, now))}
        </ul>
        ${others ? signOutOthers(page) : html`<p class="quiet">${words.nowhereElse}</p>`}
      </section>
      ${m.views && ownViews(page, m.views)} ${settings(page, m.hasChosenLanguage ?? false)}
    </main>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    ...(brand && { brand }),
    body,
    layout: 'page',
    title: `${words.title} · Dashgate`,
  })
}

const signOutOthers = (page: Page) =>
  html`<form method="post" action="/account/sessions/end">
    <button class="button" name="others" value="all">${wordsOf(page).account.signOutOthers}</button>
  </form>`

const doneWords = (page: Page) => {
  const { ended, settingsSaved, viewsChanged } = wordsOf(page).account
  return { ended, saved: settingsSaved, views: viewsChanged }
}

/** Where each is, and forms that need no script. */
function ownViews(page: Page, views: readonly OwnView[]): Markup {
  const { account: words } = wordsOf(page)
  const item = ({ id, name, slug, dashboard }: OwnView) =>
    html`<li class="sign-in">
      <div class="sign-in-what">
        <h3>
          <a href="/dashboard/${encodeURIComponent(slug.toWellFormed())}/?view=${id}">${name}</a>
        </h3>
        <p class="quiet">${dashboard}</p>
      </div>
      <form method="post" action="/account/views" class="account-settings">
        <input type="hidden" name="view" value="${id}" />
        <input
          class="views-field"
          name="name"
          value="${name}"
          maxlength="100"
          required
          aria-label="${words.viewName(name)}"
        />
        <button class="button button-quiet" name="do" value="rename">
          ${words.rename} <span class="visually-hidden">${name}</span>
        </button>
        <button class="button button-quiet" name="do" value="delete">
          ${words.remove} <span class="visually-hidden">${name}</span>
        </button>
      </form>
    </li>`
  return html`<section aria-labelledby="views">
    <h2 id="views">${words.views}</h2>
    <p class="quiet">${views.length === 0 ? words.noViews : words.viewsHint}</p>
    ${
      views.length === 0
        ? undefined
        : html`<ul class="sign-ins">
            ${views.map(item)}
          </ul>`
    }
  </section>`
}

/** Kept in a cookie, so that every page has them from its first byte on. */
function settings(page: Page, hasChosenLanguage: boolean): Markup {
  const { account: words } = wordsOf(page)
  return html`<section aria-labelledby="settings">
    <h2 id="settings">${words.settings}</h2>
    <p class="quiet">${words.settingsHint}</p>
    <form method="post" action="/account/settings" class="account-settings">
      <label>
        ${words.language}
        <select name="language">
          <option value="">${words.languageAuto}</option>
          ${LANGUAGES.map(
            (one) =>
              html`<option
                value="${one}"
                lang="${one}"
                ${chosen(hasChosenLanguage && one === page.language)}
              >
                ${LANGUAGE_NAMES[one]}
              </option>`,
          )}
        </select>
      </label>
      <label>
        ${words.theme}
        <select name="theme">
          ${THEMES.map(
            (one) =>
              html`<option value="${one}" ${chosen(one === page.theme)}>
                ${words.themes[one]}
              </option>`,
          )}
        </select>
      </label>
      <button class="button">${words.save}</button>
    </form>
  </section>`
}

const chosen = (is: boolean) => (is ? html`selected` : undefined)

function signInItem(page: Page, one: SignIn, now: number): Markup {
  const { account: words, frame } = wordsOf(page)
  const ago = (moment: number) => timeAgo(page.language, moment, now)
  const device = deviceWords(one.userAgent, words)
  const used = one.isThis ? words.inUse : words.lastUsed(ago(one.lastUsedAt))
  const facts = html`${words.signedIn}
    <time datetime="${new Date(one.signedInAt).toISOString()}">${ago(one.signedInAt)}</time>,
    ${used}`
  const tenant =
    one.tenantName === undefined ? undefined : html`<br />${words.forTenant(one.tenantName)}`
  return html`<li class="sign-in">
    <div class="sign-in-what">
      <h3>
        ${device}
        ${one.isThis ? html`<span class="badge badge-active">${words.thisDevice}</span>` : undefined}
      </h3>
      <p class="quiet">${facts} ${tenant}</p>
    </div>
    ${one.isThis ? signOutForm(page, 'button button-quiet') : endForm(frame.signOut, one, `${device}, ${used}`)}
  </li>`
}

/** A reader of the screen hears which one: the buttons look alike. */
function endForm(signOut: string, { handle }: SignIn, which: string): Markup {
  return html`<form method="post" action="/account/sessions/end">
    <button class="button button-quiet" name="session" value="${handle}">
      ${signOut} <span class="visually-hidden">${which}</span>
    </button>
  </form>`
}
