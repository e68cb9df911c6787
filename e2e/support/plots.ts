import type { Locator } from 'playwright-core'

interface Picture {
  width: number
  height: number
}

/** A plot's element, as plotly.js leaves it; the types of a page are not those of its tests. */
interface Plot {
  _fullData?: readonly { type: string }[]
  querySelectorAll(selector: string): Iterable<Picture>
}

/** What the page has that these functions use. */
interface PlotPage {
  Plotly: {
    PlotSchema: { get(): { traces: Record<string, unknown> } }
    toImage(plot: Plot, options: object): Promise<string>
  }
  Image: new () => Picture & { src: string; decode(): Promise<void> }
  OffscreenCanvas: new (width: number, height: number) => { getContext(kind: '2d'): Paint }
}

interface Paint {
  drawImage(picture: Picture, x: number, y: number): void
  getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray }
}

/** Types of the traces that plots show. */
export const typesIn = (plots: Locator): Promise<string[]> =>
  plots.evaluateAll((elements: Plot[]) =>
    elements.flatMap(({ _fullData }) => (_fullData ?? []).map(({ type }) => type)),
  )

/** Types that the page's own plotly.js has. */
export const typesKnown = (plots: Locator): Promise<string[]> =>
  plots.first().evaluate(() => {
    const page = globalThis as unknown as PlotPage
    return Object.keys(page.Plotly.PlotSchema.get().traces).toSorted()
  })

/** Of each plot: pixels of its canvases that are not transparent. */
export const paintedPixels = (plots: Locator): Promise<number[]> =>
  plots.evaluateAll((elements: Plot[]) => {
    const page = globalThis as unknown as PlotPage
    return elements.map((element) => {
      let painted = 0
      for (const canvas of element.querySelectorAll('canvas')) {
        const { width, height } = canvas
        const paint = new page.OffscreenCanvas(width, height).getContext('2d')
        paint.drawImage(canvas, 0, 0)
        const { data } = paint.getImageData(0, 0, width, height)
        painted += data.filter((byte, index) => index % 4 === 3 && byte > 0).length
      }
      return painted
    })
  })

/** Of each plot: pixels of a picture of it that are neither white nor grey, as paper and axes are. */
export const colouredPixels = (plots: Locator): Promise<number[]> =>
  plots.evaluateAll(async (elements: Plot[]) => {
    const page = globalThis as unknown as PlotPage
    const counts: number[] = []
    for (const element of elements) {
      const picture = new page.Image()
      picture.src = await page.Plotly.toImage(element, { format: 'png' })
      await picture.decode()
      const { width, height } = picture
      const paint = new page.OffscreenCanvas(width, height).getContext('2d')
      paint.drawImage(picture, 0, 0)
      const { data } = paint.getImageData(0, 0, width, height)
      let coloured = 0
      for (let at = 0; at < data.length; at += 4) {
        const colours = data.subarray(at, at + 3)
        if (Math.max(...colours) - Math.min(...colours) > 50) coloured += 1
      }
      counts.push(coloured)
    }
    return counts
  })
