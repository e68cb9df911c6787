import { icon } from './icons.ts'
import { withReturnTo } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { initials } from './monogram.ts'
import type { Page, Person } from './page.ts'
import { wordsOf } from '../words/words.ts'

/** Who is signed in, the way to another tenant for staff, to the account, and out. Opens without a script. */
export function userMenu(page: Page, person: Person): Markup {
  const words = wordsOf(page).frame
  const switchLink = html`<a
    class="menu-item"
    href="${withReturnTo('/tenant', page.returnPath)}"
    data-command
    >${icon('swap')} ${words.switchClient}</a
  >`
  const usageLink = html`<a class="menu-item" href="/usage" data-command
    >${icon('chart')} ${words.usage}</a
  >`
  return html`<details class="menu">
    <summary class="menu-button">
      <span class="visually-hidden">${words.account}</span>
      <span class="avatar" aria-hidden="true">${initials(person.email).slice(0, 1)}</span>
      <span class="menu-email">${person.email}</span>
      ${icon('down')}
    </summary>
    <div class="menu-panel">
      <p class="menu-person">
        <span class="menu-person-email">${person.email}</span>
        <span class="quiet">${person.role === 'admin' ? words.staff : words.viewer}</span>
      </p>
      <button type="button" class="menu-item" data-palette hidden>
        ${icon('search')} ${words.goTo} <span class="menu-keys" aria-hidden="true">Ctrl K</span>
      </button>
      ${person.canSwitch ? switchLink : undefined}
      <a class="menu-item" href="/access-log" data-command>${icon('eye')} ${words.accessLog}</a>
      ${person.role === 'admin' ? usageLink : undefined}
      <a class="menu-item" href="/account" data-command>${icon('person')} ${words.yourAccount}</a>
      ${signOutForm(page, 'menu-item', icon('signOut'))}
    </div>
  </details>`
}

export function signOutForm(page: Page, buttonClass: string, symbol?: Markup): Markup {
  return html`<form method="post" action="/logout" data-sign-out>
    <button class="${buttonClass}" data-command>${symbol} ${wordsOf(page).frame.signOut}</button>
  </form>`
}
