import { productMark } from './icons.ts'
import { withReturnTo } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { tenantMark } from './monogram.ts'
import type { Brand, Page, Person } from './page.ts'
import { userMenu } from './user-menu.ts'
import { wordsOf } from '../words/words.ts'

/** The bar in a tenant's name. */
export function tenantBar(page: Page, person: Person, brand: Brand): Markup {
  return html`<header class="top-bar">
      <a class="top-bar-name" href="/">${tenantMark(brand)}<span>${brand.displayName}</span></a>
      ${userMenu(page, person)}
    </header>
    ${staffBand(page, person, brand)}`
}

/** The bar where no tenant is concerned; without a person there is no menu. */
export function productBar(page: Page, person?: Person): Markup {
  return html`<header class="top-bar">
    <a class="top-bar-name" href="/">${productMark()}<span>Dashgate</span></a>
    ${person && userMenu(page, person)}
  </header>`
}

/** Staff see several tenants' figures: whose these are is said on every page, in that tenant's colour. */
export function staffBand(page: Page, person: Person, brand: Brand): Markup {
  if (person.role !== 'admin') return html``
  const words = wordsOf(page).frame
  const away = html`<a href="${withReturnTo('/tenant', page.returnPath)}">${words.switchClient}</a>`
  return html`<aside class="staff-band" aria-label="${words.activeClient}">
    <p>${words.lookingAt(html`<strong>${brand.displayName}</strong>`)}</p>
    ${person.canSwitch ? away : undefined}
    <a class="staff-band-more" href="/access-log">${words.whatTheySee}</a>
  </aside>`
}
