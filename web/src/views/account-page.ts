import { deviceWords } from './device-words.ts'
import { documentOf, shellScript } from './document.ts'
import { html, type Markup } from './markup.ts'
import type { Brand, Page, Person } from './page.ts'
import { timeAgo } from './time-ago.ts'
import { productBar, tenantBar } from './top-bar.ts'
import { signOutForm } from './user-menu.ts'

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

/** Where a person is signed in, and the way to end that elsewhere. */
export function accountPage(m: {
  page: Page
  person: Person
  brand?: Brand
  signIns: SignIn[]
  now: number
  /** Something was just ended. */
  hasEnded?: boolean
}): string {
  const { page, person, brand, signIns, now, hasEnded } = m
  const others = signIns.some(({ isThis }) => !isThis)
  const body = html`${brand ? tenantBar(page, person, brand) : productBar(page, person)}
    <main id="main" class="account" tabindex="-1">
      <h1>Your account</h1>
      <p class="lede">${person.email} · ${person.role === 'admin' ? 'Staff' : 'Viewer'}</p>
      ${hasEnded ? ended : undefined}
      <section aria-labelledby="sign-ins">
        <h2 id="sign-ins">Where you are signed in</h2>
        <p class="quiet">
          If you do not know one of these, sign it out: it ends at once, with all that it has open.
        </p>
        <ul class="sign-ins">
          ${signIns.map((one) => signInItem(one, now))}
        </ul>
        ${others ? signOutOthers : html`<p class="quiet">You are signed in nowhere else.</p>`}
      </section>
    </main>
    ${shellScript(page)}`
  return documentOf({
    page,
    person,
    ...(brand && { brand }),
    body,
    layout: 'page',
    title: 'Your account · Dashgate',
  })
}

const ended = html`<p class="account-done" role="status">
  Done. What was ended cannot be used any more.
</p>`

const signOutOthers = html`<form method="post" action="/account/sessions/end">
  <button class="button" name="others" value="all">Sign out everywhere else</button>
</form>`

function signInItem(one: SignIn, now: number): Markup {
  const device = deviceWords(one.userAgent)
  const used = one.isThis ? 'in use' : `last used ${timeAgo(one.lastUsedAt, now)}`
  const facts = html`Signed in ${timeOf(one.signedInAt, now)}, ${used}`
  const tenant = one.tenantName === undefined ? undefined : html`<br />For ${one.tenantName}`
  return html`<li class="sign-in">
    <div class="sign-in-what">
      <h3>
        ${device}
        ${one.isThis ? html`<span class="badge badge-active">This device</span>` : undefined}
      </h3>
      <p class="quiet">${facts} ${tenant}</p>
    </div>
    ${one.isThis ? signOutForm('button button-quiet') : endForm(one, `${device}, ${used}`)}
  </li>`
}

/** A reader of the screen hears which one: the buttons look alike. */
function endForm({ handle }: SignIn, which: string): Markup {
  return html`<form method="post" action="/account/sessions/end">
    <button class="button button-quiet" name="session" value="${handle}">
      Sign out <span class="visually-hidden">${which}</span>
    </button>
  </form>`
}

function timeOf(moment: number, now: number): Markup {
  return html`<time datetime="${new Date(moment).toISOString()}">${timeAgo(moment, now)}</time>`
}
