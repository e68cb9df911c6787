import type { Page } from 'playwright-core'

/** What the pages have that this uses; the types of a page are not those of its benchmark. */
interface Watched {
  readonly document: {
    querySelectorAll(selector: string): Iterable<{
      getBoundingClientRect(): { width: number; height: number }
    }>
  }
  readonly performance: { readonly timeOrigin: number; now(): number }
  requestAnimationFrame(then: () => void): void
}

/**
 * Runs in a page or frame. A trace counts when the browser has painted it: in the frame of animation
 * after the one in which it had a size.
 */
function drawn(): Promise<number> {
  const page = globalThis as unknown as Watched
  // A legend has points and lines of other names.
  const selector = '.js-plotly-plot :is(.points path, .lines path, .hm image)'
  const isDrawn = () =>
    [...page.document.querySelectorAll(selector)].some((one) => {
      const { width, height } = one.getBoundingClientRect()
      return width > 0 || height > 0
    })
  return new Promise((resolve) => {
    const look = () => {
      if (!isDrawn()) return page.requestAnimationFrame(look)
      return page.requestAnimationFrame(() =>
        resolve(page.performance.timeOrigin + page.performance.now()),
      )
    }
    look()
  })
}

/** When the page, or a frame in it, draws its first trace: milliseconds since the epoch. */
export function firstTraceIn(page: Page, withinMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const tooLate = () => reject(new Error(`No trace was drawn in ${withinMs / 1000} s`))
    const timer = setTimeout(tooLate, withinMs)
    page.on('framenavigated', (frame) => {
      frame.evaluate(drawn).then(
        (at) => {
          clearTimeout(timer)
          return resolve(at)
        },
        // Gone, and another document has taken its place.
        () => undefined,
      )
    })
  })
}
