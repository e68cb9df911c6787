import { html, type Markup } from './markup.ts'

/** A small picture on a dashboard's card: always the same for the same slug. Colours come from the stylesheet. */
export function cardArt(slug: string): Markup {
  const seed = hash(slug)
  const drawings = [bars, triangle, fan]
  // The lowest bits of FNV-1a mix least.
  const draw = drawings[(seed >>> 3) % drawings.length] ?? triangle
  return html`<svg
    class="card-art"
    viewBox="0 0 320 120"
    preserveAspectRatio="xMidYMid slice"
    aria-hidden="true"
    focusable="false"
  >
    ${draw(noise(seed))}
  </svg>`
}

/** A loss triangle as a heat map. */
function triangle(next: () => number): Markup[] {
  const cells = Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: 14 - row * 2 }, (__, column) => {
      const strength = (0.14 + 0.7 * (column / 14) ** 1.4 + next() * 0.14).toFixed(2)
      return html`<rect
        x="${36 + column * 18}"
        y="${13 + row * 14}"
        width="16"
        height="12"
        rx="2.5"
        opacity="${strength}"
      />`
    }),
  )
  return cells.flat()
}

/** A projection whose range widens. */
function fan(next: () => number): Markup[] {
  const middle = (x: number) => 86 - x * 0.14 - Math.sin(x / (34 + next() * 0.01)) * 7
  const band = (width: number, opacity: number) => {
    const xs = Array.from({ length: 21 }, (_, i) => i * 16)
    const spread = (x: number) => Math.max(0, x - 96) ** 1.12 * width
    const upper = xs.map((x) => `${x},${(middle(x) - spread(x)).toFixed(1)}`)
    const lower = xs.toReversed().map((x) => `${x},${(middle(x) + spread(x) * 0.8).toFixed(1)}`)
    return html`<polygon points="${[...upper, ...lower].join(' ')}" opacity="${opacity}" />`
  }
  const line = Array.from({ length: 41 }, (_, i) => `${i * 8},${middle(i * 8).toFixed(1)}`).join(
    ' ',
  )
  return [
    band(0.16, 0.16),
    band(0.1, 0.24),
    band(0.05, 0.38),
    html`<polyline points="${line}" class="card-art-line" />`,
  ]
}

/** Counts over time. */
function bars(next: () => number): Markup[] {
  return Array.from({ length: 24 }, (_, i) => {
    const height = 20 + 46 * Math.abs(Math.sin(i / 4.4)) + next() * 24
    const opacity = (0.22 + 0.58 * (i / 24)).toFixed(2)
    return html`<rect
      x="${19 + i * 12}"
      y="${(110 - height).toFixed(1)}"
      width="8"
      height="${height.toFixed(1)}"
      rx="2.5"
      opacity="${opacity}"
    />`
  })
}

/** FNV-1a: spreads short names well and needs no library. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return value
}

function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
