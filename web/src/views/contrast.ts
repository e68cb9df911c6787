/** WCAG 2.2 contrast: every colour a tenant may choose stays readable. */

const WHITE = '#ffffff'
const BLACK = '#000000'

/** Least contrast of text, WCAG 2.2 §1.4.3 (AA). */
export const READABLE = 4.5

export function isHexColour(colour: string | undefined): colour is string {
  return colour !== undefined && /^#[0-9a-f]{6}$/i.test(colour)
}

export function contrastRatio(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
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
  const { red, green, blue } = channels(hex)
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(channel: number): number {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function mix(from: string, to: string, share: number): string {
  const [start, end] = [channels(from), channels(to)]
  const between = (name: keyof Channels) =>
    Math.round(start[name] + (end[name] - start[name]) * share)
  const mixed = [between('red'), between('green'), between('blue')]
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

interface Channels {
  red: number
  green: number
  blue: number
}

function channels(hex: string): Channels {
  const at = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16)
  return { red: at(1), green: at(3), blue: at(5) }
}
