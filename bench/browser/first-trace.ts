/** What the pages have that this uses; the types of a page are not those of its benchmark. */
interface Drawing {
  querySelectorAll(selector: string): Iterable<{
    getBoundingClientRect(): { width: number; height: number }
  }>
}

interface Watched {
  readonly document: Drawing
  /** Its first frame, where it has one. */
  readonly 0?: { readonly document: Drawing }
  readonly performance: { readonly timeOrigin: number; now(): number }
  readonly top: { firstTraceAt?: number }
  requestAnimationFrame(then: () => void): void
}

/**
 * Runs in each page from its beginning, and looks into its frame. A trace counts when the browser has painted it: in
 * the frame of animation after the one in which it had a size.
 */
function watch(): void {
  const page = globalThis as unknown as Watched
  // A legend has points and lines of other names.
  const selector = '.js-plotly-plot :is(.points path, .lines path, .hm image)'
  const isDrawn = () =>
    [page.document, page[0]?.document]
      .flatMap((one) => [...(one?.querySelectorAll(selector) ?? [])])
      .some((one) => {
        const { width, height } = one.getBoundingClientRect()
        return width > 0 || height > 0
      })
  const look = () => {
    if (!isDrawn()) return page.requestAnimationFrame(look)
    return page.requestAnimationFrame(() => {
      page.top.firstTraceAt = page.performance.timeOrigin + page.performance.now()
    })
  }
  look()
}

export const watchForFirstTrace = `(${watch.toString()})()`

/** Milliseconds from the start of the navigation, once there is a trace. */
export const firstTraceMs = 'window.firstTraceAt && window.firstTraceAt - performance.timeOrigin'
