import { html, type Markup } from './markup.ts'

const PATHS = {
  back: 'M10 3.5 5.5 8l4.5 4.5',
  forward: 'M6 3.5 10.5 8 6 12.5',
  down: 'M4 6.5 8 10.5 12 6.5',
  check: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  swap: 'M3 5.5h9m-2.5-2.5L12 5.5 9.5 8M13 10.5H4m2.5-2.5L4 10.5 6.5 13',
  search: 'M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm6.5 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  star: 'm8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6Z',
  chart: 'M2.5 13.5h11M4 11V8m4 3V3m4 8V6',
  bookmark: 'M4.5 2.5h7v11L8 10.75 4.5 13.5Z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  fullScreen: 'M6 2.5H2.5V6m11 0V2.5H10m0 11h3.5V10m-11 0v3.5H6',
  print: 'M4.5 6V2.5h7V6m-7 6H2.5V6h11v6h-2m-7-2.5h7v4h-7Z',
  report: 'M8 5v3.5M8 11h.01M8 2 14 13H2Z',
  copy: 'M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8Z',
  person: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8Zm-5 5.5a5 5 0 0 1 10 0',
  signOut: 'M6.5 3H4a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h2.5M10 5l3 3-3 3m3-3H6.5',
} as const

/** A small line icon; decoration only, the words beside it say what it is. */
export function icon(name: keyof typeof PATHS): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d="${PATHS[name]}" />
  </svg>`
}

/** The product's own sign: a gate of bars, opening to the right. */
export function productMark(): Markup {
  return html`<svg class="product-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <rect x="3" y="12" width="4" height="9" rx="1.5" />
    <rect x="10" y="7" width="4" height="14" rx="1.5" />
    <rect x="17" y="3" width="4" height="18" rx="1.5" />
  </svg>`
}
