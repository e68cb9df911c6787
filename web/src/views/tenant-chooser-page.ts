import { type BrandColours, brandStyle } from './brand-style.ts'
import { documentOf, shellScript } from './document.ts'
import { icon } from './icons.ts'
import { localPath } from './local-path.ts'
import { html, type Markup } from './markup.ts'
import { tenantMark } from './monogram.ts'
import type { Page, Person } from './page.ts'
import { productBar } from './top-bar.ts'

interface Choice {
  id: string
  displayName: string
  /** A `data:` URI of an image. */
  logo?: string
  primary?: string
  suspended: boolean
}

/** Staff choose the tenant they act for. */
export function tenantChooserPage(m: {
  page: Page
  person: Person
  tenants: Choice[]
  activeTenantId?: string
  returnTo: string
}): string {
  const { page, person, tenants, activeTenantId, returnTo } = m
  const form = html`<form method="post" action="/tenant">
    <input type="hidden" name="return_to" value="${localPath(returnTo)}" />
    <ul class="choices">
      ${tenants.map((tenant, i) => choice(tenant, i, tenant.id === activeTenantId))}
    </ul>
  </form>`
  const none = html`<div class="empty">
    <h2>No clients are open to you</h2>
    <p>Ask an operator to add you to a client, then load this page again.</p>
  </div>`
  const body = html`${productBar(page, person)}
    <main id="main" class="chooser" tabindex="-1">
      <h1>Choose a client</h1>
      <p class="lede">You see one client’s dashboards at a time, in every tab.</p>
      ${tenants.length === 0 ? none : form}
    </main>
    ${shellScript(page)}`
  const colours = tenants.map(({ primary }, i): [string, BrandColours] => [
    `.choice-${i}`,
    { primary },
  ])
  return documentOf({
    page,
    person,
    body,
    layout: 'page',
    title: 'Choose a client · Dashgate',
    head: brandStyle(page.nonce, colours),
  })
}

function choice(tenant: Choice, index: number, active: boolean): Markup {
  const state = tenant.suspended
    ? html`<span class="badge">Suspended</span>`
    : active
      ? html`<span class="badge badge-active">${icon('check')} Active</span>`
      : icon('forward')
  return html`<li class="choice-${index}">
    <button
      class="choice"
      name="tenant"
      value="${tenant.id}"
      ${active ? html`aria-current="true"` : undefined}
      ${tenant.suspended ? html`disabled` : undefined}
    >
      ${tenantMark(tenant)}
      <span class="choice-name">${tenant.displayName}<span class="quiet">${tenant.id}</span></span>
      ${state}
    </button>
  </li>`
}
