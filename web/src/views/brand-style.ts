import { isHexColour, readableShade, textOn } from './contrast.ts'
import { html, type Markup, raw } from './markup.ts'

/** Darkest light surface and lightest dark surface of tokens.css that coloured text may stand on. */
export const SURFACES = { light: '#f1f3f7', dark: '#1d232d' }

/** What a tenant chose, as it stands in the database: perhaps no colours at all. */
export interface BrandColours {
  primary?: string | undefined
  /** For what stands out in pictures; the primary one otherwise. */
  accent?: string | undefined
}

/** Custom properties of a tenant's colours: the fill, text on it, and shades that can be read on our surfaces. */
export function brandProperties({ primary, accent }: BrandColours): string {
  const ofPrimary = isHexColour(primary)
    ? `--brand:${primary};--on-brand:${textOn(primary)};--brand-ink:${inkOf(primary)};`
    : ''
  return isHexColour(accent) ? `${ofPrimary}--accent-ink:${inkOf(accent)};` : ofPrimary
}

const inkOf = (colour: string): string =>
  `light-dark(${readableShade(colour, SURFACES.light)},${readableShade(colour, SURFACES.dark)})`

/** One rule for each selector with a valid colour; any other colour is left out and the product's own stays. */
export function brandStyle(
  nonce: string,
  colours: [selector: string, colours: BrandColours][],
): Markup {
  const rules = colours.flatMap(([selector, chosen]) => {
    const properties = brandProperties(chosen)
    return properties === '' ? [] : [`${selector}{${properties}}`]
  })
  if (rules.length === 0) return html``
  return html`<style nonce="${nonce}">
    ${raw(rules.join(''))}
  </style>`
}
