import { isHexColour, textOn } from './contrast.ts'
import { html, type Markup } from './markup.ts'
import type { Brand } from './page.ts'

/** Up to two initials of a name: "Acme Corp" → "AC". */
export function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  return words
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 0).toUpperCase())
    .join('')
}

/** The tenant's logo, or its initials on its colour. Decoration: the name stands beside it. */
export function tenantMark(brand: Pick<Brand, 'displayName' | 'logo'>): Markup {
  if (
    brand.logo !== undefined &&
    /^data:image\/(?:png|jpeg|webp|gif|svg\+xml)[;,]/.test(brand.logo)
  ) {
    return html`<span class="mark mark-logo"><img src="${brand.logo}" alt="" /></span>`
  }
  return html`<span class="mark" aria-hidden="true">${initials(brand.displayName)}</span>`
}

/**
 * Initials on a tenant's colour, where many tenants stand in one list: attributes of a picture need no
 * style of their own, so that a piece of another answer can be put into the page.
 */
export function colouredMark(displayName: string, primary: string | undefined): Markup {
  const colours = isHexColour(primary) ? html`fill="${primary}"` : undefined
  const ink = isHexColour(primary) ? html`fill="${textOn(primary)}"` : undefined
  return html`<svg class="mark-drawn" viewBox="0 0 44 44" aria-hidden="true" focusable="false">
    <rect width="44" height="44" rx="10" ${colours} />
    <text x="22" y="27" ${ink}>${initials(displayName)}</text>
  </svg>`
}
