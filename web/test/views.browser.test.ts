import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'
import { keptView } from './stand-in-views.ts'

const { now, open } = useBrowser()
const PATH = '/dashboard/loss-development/'

const input = (value: string, label: string) => ({
  type: 'dash_core_components/Input',
  label,
  props: { value },
})
const viewOf = (name: string, components: Record<string, ReturnType<typeof input>>) =>
  keptView(name, { $view: { path: '', components } })

const field = (page: Page, id: string) => page.frameLocator('iframe').locator(`#${id}`)
const menu = (page: Page) => page.locator('.views-menu')
const said = (page: Page, text: string) =>
  menu(page).getByRole('status').getByText(text, { exact: true }).waitFor()

async function opened(path = PATH): Promise<Page> {
  const page = await open(path)
  await page.locator('[data-stage][data-state=ready]').waitFor()
  return page
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    ).toEqual([])
  }
}

beforeEach(() => {
  now().apps['loss-development'] = 'dash'
  now().views = []
})

it('a view is saved, left, chosen, opened with and deleted with keys alone', async () => {
  const page = await opened()
  await field(page, 'line').fill('marine')
  await menu(page).locator('summary').focus()
  await press(page, 'Enter', 'Tab')
  await page.keyboard.type('Ships')
  await press(page, 'Enter')
  await said(page, 'Saved as “Ships”.')
  await expectAccessible(page)

  await press(page, 'Escape')
  expect(await menu(page).getAttribute('open')).toBeNull()
  await field(page, 'line').fill('home')
  await page.getByText('changed', { exact: true }).waitFor()
  await menu(page).locator('summary').focus()
  await press(page, 'Enter', 'Tab', 'Enter')
  await said(page, 'Showing “Ships”.')
  expect(await field(page, 'line').inputValue()).toBe('marine')

  await press(page, 'Tab', 'Enter')
  await said(page, 'The dashboard opens with “Ships” from now on.')
  await expectAccessible(page)
  await press(page, 'Tab', 'Tab', 'Tab', 'Enter')
  await said(page, 'Deleted “Ships”.')
  expect(now().views).toEqual([])
  expect(new URL(page.url()).search).toBe('')
})

it('a view whose part is no longer there names it, and the rest is restored', async () => {
  const ships = viewOf('Ships', {
    line: input('marine', 'Line'),
    region: input('north', 'Region'),
    basis: input('incurred', 'Basis'),
  })
  now().views = [ships]
  const page = await opened(`${PATH}?view=${ships.id}`)
  await page
    .locator('[data-notice]')
    .getByText('Showing “Ships”, but for what is no longer there: Region.')
    .waitFor()
  expect(await field(page, 'line').inputValue()).toBe('marine')
  expect(await field(page, 'basis').inputValue()).toBe('incurred')
})

it('a view is switched to in the palette, by its name or as a view', async () => {
  now().views = ['marine', 'home'].map((line) =>
    viewOf(`Mine: ${line}`, { line: input(line, 'Line') }),
  )
  const page = await opened()
  const options = page.getByRole('dialog', { name: 'Find a dashboard' }).getByRole('option')
  await press(page, 'Control+k')
  await page.keyboard.type('view')
  await expect.poll(() => options.allTextContents()).toEqual(['Mine: marineView', 'Mine: homeView'])
  await page.keyboard.type(' home')
  await expect.poll(() => options.allTextContents()).toEqual(['Mine: homeView'])
  await press(page, 'Enter')
  await expect.poll(() => field(page, 'line').inputValue()).toBe('home')
  expect(await page.locator('[data-view-name]').textContent()).toBe('Mine: home')
})
