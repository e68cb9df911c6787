import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { openDashboard } from './support/shell.ts'

const { signedIn } = useBrowser()

const menu = (page: Page) => ({
  open: () => page.locator('.views-menu > summary').click(),
  press: (name: string) => page.locator('.views-menu').getByRole('button', { name }).click(),
  choose: (name: string) => page.locator('.views-menu').getByRole('link', { name }).click(),
  said: (text: string | RegExp) =>
    page.locator('.views-menu').getByRole('status').getByText(text).waitFor(),
  shown: () => page.locator('[data-view-name]').textContent(),
  async saveAs(name: string) {
    await page.getByLabel('Name of a new view').fill(name)
    await page.locator('.views-menu').getByRole('button', { name: 'Save view' }).click()
    await page.locator('.views-menu').getByRole('status').getByText(`Saved as “${name}”.`).waitFor()
  },
})
const line = (frame: FrameLocator) => frame.locator('#line-of-business').textContent()

describe.each(['loss-development', 'claims-monitor'] as const)('a view of %s', (slug) => {
  it('is kept by the shell, comes back, and is there again by its link', async () => {
    const { page, context } = await signedIn(await newcomer('acme-corp'))
    const frame = await openDashboard(page, slug)
    await figures(frame, slug)
    await choose(frame, 'line-of-business', 'Product liability')
    await menu(page).open()
    await menu(page).saveAs('Year end')
    expect(await menu(page).shown()).toBe('Year end')
    await expectAccessible(page)

    await choose(frame, 'line-of-business', 'Commercial auto')
    await page.locator('[data-view-changed]').waitFor()
    await menu(page).open()
    await menu(page).choose('Year end')
    await menu(page).said('Showing “Year end”.')
    await expect.poll(() => line(frame)).toContain('Product liability')
    await page.locator('[data-view-changed]').waitFor({ state: 'hidden' })

    const later = await context.newPage()
    await later.goto(page.url())
    expect(page.url()).toMatch(/\?view=[0-9a-f-]{36}$/)
    await later.locator('[data-stage][data-state=ready]').waitFor()
    await expect.poll(() => line(later.frameLocator('iframe'))).toContain('Product liability')
  })
})
