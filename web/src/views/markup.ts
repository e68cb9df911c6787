import { html, raw } from 'hono/html'

export { html, raw }
export type Markup = ReturnType<typeof html>

/** The finished text of a view. Views are synchronous: a promise among their values is a mistake and throws. */
export function toText(markup: Markup): string {
  if (markup instanceof Promise) throw new TypeError('A view was given a promise as a value')
  return markup.toString()
}
