import type { FrameLocator } from 'playwright-core'

export type Slug = 'loss-development' | 'reserve-variability' | 'claims-monitor'

/** Parts of each demo dashboard that exist only once its figures are drawn, and where its numbers stand. */
const drawings: Record<Slug, { drawn: readonly string[]; numbers: string }> = {
  'loss-development': {
    drawn: [
      '#triangle .heatmaplayer image',
      '#factors .scatterlayer path.point',
      '#ultimates .barlayer .point',
      '#results tbody tr',
    ],
    numbers: '#summary dd:nth-of-type(1), #results td',
  },
  'reserve-variability': {
    drawn: ['#reserves .barlayer .point'],
    numbers: '#overview-summary dd',
  },
  'claims-monitor': {
    drawn: ['#live .barlayer', '#pattern .scatterlayer .trace'],
    // Nothing is posted at the start: the axis already knows the tenant's highest year.
    numbers: '#live .ytick text, #pattern .ytick text',
  },
}

/** Whether a part of a dashboard is not for the tenant: it is in the page then, unseen and empty. */
export async function isHidden(frame: FrameLocator, id: string): Promise<boolean> {
  const part = frame.locator(id)
  await part.waitFor({ state: 'attached' })
  return part.evaluate((element) => element.closest('[hidden]') !== null)
}

/** Waits until a dashboard shows its figures; its numbers as text. */
export async function figures(frame: FrameLocator, slug: Slug): Promise<string[]> {
  const { drawn, numbers } = drawings[slug]
  for (const selector of drawn) {
    if (await isHidden(frame, selector.split(' ')[0] ?? '')) continue
    await frame.locator(selector).first().waitFor({ state: 'attached' })
  }
  await frame.locator(numbers).first().waitFor({ state: 'attached' })
  return frame.locator(numbers).allTextContents()
}

/** Chooses in a dropdown of Dash, which is no form field. */
export async function choose(frame: FrameLocator, id: string, option: string): Promise<void> {
  await frame.locator(`#${id}`).click()
  await frame.getByRole('option', { name: option, exact: true }).click()
}
