import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useBrowser } from './browser.ts'

const { now, open } = useBrowser()

const palette = (page: Page) => page.getByRole('dialog', { name: 'Find a dashboard' })
const option = (page: Page, name: string) => palette(page).getByRole('option', { name })

async function opened(path: string): Promise<Page> {
  const page = await open(path)
  await page.waitForLoadState()
  await page.keyboard.press('Control+k')
  await palette(page).waitFor()
  return page
}

it('goes to a dashboard by keyboard alone', async () => {
  const page = await opened('/')
  await page.keyboard.type('res var')
  await option(page, 'Reserve variability').waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/dashboard/reserve-variability/')
})

it('goes to another by mouse, from within a dashboard’s frame', async () => {
  const page = await open('/dashboard/loss-development/')
  await page.locator('[data-state=ready]').waitFor()
  await page.frameLocator('iframe').locator('body').click()
  await page.keyboard.press('Control+k')
  await option(page, 'Claims monitor').click()
  await page.waitForURL('**/dashboard/claims-monitor/')
})

it('finds a client for staff, who say why', async () => {
  const page = await opened('/')
  await page.keyboard.type('glob')
  await option(page, 'Globex').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Why Globex?' }).waitFor()
})

it('signs out', async () => {
  const page = await opened('/')
  await page.keyboard.type('sign o')
  await option(page, 'Sign out').waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/signed-out')
  expect(now().person).toBeUndefined()
})

it('is a combobox: the arrows move through what it lists, Escape gives the page back', async () => {
  const page = await opened('/')
  await option(page, 'Loss development').waitFor()
  const box = page.getByRole('combobox')
  const chosen = () => palette(page).locator('[aria-selected=true]').textContent()
  expect(await chosen()).toContain('Loss development')
  await page.keyboard.press('ArrowDown')
  expect(await chosen()).toContain('Reserve variability')
  expect(await box.getAttribute('aria-activedescendant')).toBe('palette-1')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  expect(await chosen()).toContain('Sign out')
  await page.keyboard.type('weather')
  await page.getByText('Nothing goes by that name').waitFor()
  await page.keyboard.press('Escape')
  await palette(page).waitFor({ state: 'hidden' })
})

it('opens from the menu, and is accessible in light and dark', async () => {
  const page = await open('/')
  await page.waitForLoadState()
  await page.locator('details.menu > summary').click()
  await page.getByRole('button', { name: 'Go to…' }).click()
  await option(page, 'Loss development').waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    ).toEqual([])
  }
})
