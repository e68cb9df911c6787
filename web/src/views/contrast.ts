/** WCAG 2.2 contrast: every colour a tenant may choose stays readable. */

const WHITE = '#ffffff'
const BLACK = '#000000'

/** Least contrast of text, WCAG 2.2 §1.4.3 (AA). */
export const READABLE = 4.5

export function isHexColour(colour: string | undefined): colour is string {
  return colour !== undefined && /^#[0-9a-f]{6}$/i.test(colour)
}

export function contrastRatio(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** White or black, whichever can be read on the colour; one of the two always reaches 4.58:1. */
export function textOn(background: string): string {
  return contrastRatio(WHITE, background) >= READABLE ? WHITE : BLACK
}

/** The colour itself where it can be read on the background, else the nearest shade of it that can. */
export function readableShade(colour: string, background: string): string {
  const pole = textOn(background)
  for (let share = 0; share < 1; share += 0.05) {
    const shade = mix(colour, pole, share)
    if (contrastRatio(shade, background) >= READABLE) return shade
  }
  return pole
}

function luminance(hex: string): number {
  const [red, green, blue] = channels(hex).map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function mix(from: string, to: string, share: number): string {
  const [start, end] = [channels(from), channels(to)]
  const mixed = start.map((value, i) => Math.round(value + ((end[i] ?? 0) - value) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
}
