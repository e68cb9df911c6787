import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import { STAFF } from './models.ts'
import { PAGES } from './pages.ts'

const { now, open } = useBrowser()

const SIZES = { phone: { width: 375, height: 740 }, desktop: { width: 1440, height: 900 } }

describe('in light and dark, on a phone and a desktop', () => {
  it.each(Object.keys(PAGES))('%s has no violation and fits the width', async (path) => {
    const page = await open(path)
    await page.locator('#main').waitFor()
    await expectAccessible(page)
  })

  it('neither has the open user menu', async () => {
    const page = await open('/home-staff')
    await page.locator('summary').click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await expectAccessible(page)
  })

  it.each([
    ['hang', 'loading'],
    ['render', 'ready'],
    ['down', 'failed'],
    ['fail', 'failed'],
  ] as const)('neither has a dashboard whose app does: %s', async (act, state) => {
    now().apps['loss-development'] = act
    const page = await open('/dashboard/loss-development/')
    await page.locator(`[data-stage][data-state=${state}]`).waitFor()
    await expectAccessible(page)
  })

  it('neither has the warning before the end of a session', async () => {
    now().endsAt = Date.now() + 3000
    now().person = { ...STAFF, secondsLeft: 3, endsBy: 'idle' }
    const page = await open('/dashboard/loss-development/')
    await page.locator('[data-state=ready]').waitFor()
    await page.getByRole('region', { name: 'Are you still there?' }).waitFor()
    await expectAccessible(page)
  })

  it('neither has the overlay of a session that has ended', async () => {
    now().apps['loss-development'] = 'expired'
    const page = await open('/dashboard/loss-development/')
    await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor()
    await expectAccessible(page)
  })

  it('neither has the overlay of another tenant', async () => {
    const page = await open('/dashboard/loss-development/')
    await page.locator('[data-state=ready]').waitFor()
    now().tenant = 'globex'
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
  })
})

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      // As text, so that a report names what is wrong and not only how many there are.
      expect((await faults(page)).join('\n'), `${colorScheme}, ${size}`).toBe('')
    }
  }
}

/** What axe finds, and whether the page is wider than the screen. */
async function faults(page: Page): Promise<string[]> {
  // The other mode opens a further tab for each run.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  return wider ? [...found, 'wider than the screen'] : found
}
