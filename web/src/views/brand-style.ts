import { isHexColour, readableShade, textOn } from './contrast.ts'
import { html, type Markup, raw } from './markup.ts'

/** Darkest light surface and lightest dark surface of tokens.css that coloured text may stand on. */
export const SURFACES = { light: '#f1f3f7', dark: '#1d232d' }

/** Custom properties of a tenant's colour: the fill, text on it, and shades that can be read on our surfaces. */
export function brandProperties(primary: string): string {
  const ink = readableShade(primary, SURFACES.light)
  const inkOnDark = readableShade(primary, SURFACES.dark)
  return `--brand:${primary};--on-brand:${textOn(primary)};--brand-ink:light-dark(${ink},${inkOnDark})`
}

/** One rule for each selector with a valid colour; any other colour is left out and the product's own stays. */
export function brandStyle(
  nonce: string,
  colours: [selector: string, primary: string | undefined][],
): Markup {
  const rules = colours.flatMap(([selector, primary]) =>
    isHexColour(primary) ? [`${selector}{${brandProperties(primary)}}`] : [],
  )
  if (rules.length === 0) return html``
  return html`<style nonce="${nonce}">
    ${raw(rules.join(''))}
  </style>`
}
