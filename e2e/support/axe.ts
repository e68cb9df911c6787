import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const sizes = {
  phone: { width: 375, height: 812 },
  desktop: { width: 1440, height: 900 },
}

/**
 * Dash 4.4.1 makes these so: a hidden input that takes the focus for a dropdown, and options of a
 * list box that hold radio buttons. Apps cannot change it.
 */
const faultyInDash = ['.dash-dropdown-focus-target', '.dash-radioitems']

/** Pictures, each in an element with a name; what they are drawn with is hundreds of elements. */
const drawings = ['.js-plotly-plot']

/** No violation in axe, dashboards' frames included, in light and dark, on a phone and a desktop; all fits the width. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      await expect.poll(() => plotsToResize(page)).toBe(0)
      expect(await violations(page), `${colorScheme}, ${size}`).toEqual([])
      expect(await outsideOf(page), `beyond the edge: ${colorScheme}, ${size}`).toEqual([])
    }
  }
}

/** Plots that have not yet followed a new width. */
async function plotsToResize(page: Page): Promise<number> {
  const counts = page.frames().map((frame) =>
    frame.locator('.dg-graph:not([tabindex])').evaluateAll((graphs) => {
      return graphs.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length
    }),
  )
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

async function violations(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  for (const selector of [...faultyInDash, ...drawings]) axe.exclude(['iframe', selector])
  // The other mode opens a further tab for each run.
  const found = await axe.setLegacyMode().analyze()
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, target }) => `${id}: ${html} at ${target.join(' > ')}`),
  )
}

/** Links and buttons of the shell that stick out to the side. */
function outsideOf(page: Page): Promise<string[]> {
  return page
    .locator('a:visible:not(.skip-link), button:visible, summary:visible')
    .evaluateAll((elements) =>
      elements
        .filter((element) => {
          const { left, right } = element.getBoundingClientRect()
          return left < 0 || right > element.ownerDocument.documentElement.clientWidth
        })
        .map(({ outerHTML }) => outerHTML),
    )
}
