import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useBrowser } from './browser.ts'

const { now, open } = useBrowser()

const titles = (page: Page) => page.locator('.card-link').allTextContents()
const star = (page: Page, name: string) => page.getByRole('button', { name })

it('finds a dashboard as one types, by keyboard alone', async () => {
  const page = await open('/')
  await page.waitForLoadState()
  await page.keyboard.press('/')
  await page.keyboard.type('claims')
  await page.getByText('1 dashboard found').waitFor()
  expect(await titles(page)).toEqual(['Claims monitor'])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/dashboard/claims-monitor/')
})

it('says that nothing was found, and leads back to all', async () => {
  const page = await open('/')
  await page.getByRole('searchbox').fill('weather')
  await page.getByRole('heading', { name: 'No dashboard is about “weather”' }).waitFor()
  await page.getByRole('link', { name: 'Show all dashboards' }).click()
  await page.getByText('3 dashboards are ready').waitFor()
})

it('marks a favourite in place, keeps the focus, and has it first the next time', async () => {
  const page = await open('/')
  await star(page, 'Mark Claims monitor as a favourite').click()
  const marked = star(page, 'Claims monitor is a favourite: take the mark away')
  await marked.waitFor()
  expect(now().favourites).toEqual(['claims-monitor'])
  expect(await marked.evaluate((button) => button === document.activeElement)).toBe(true)
  await page.reload()
  expect((await titles(page))[0]).toBe('Claims monitor')
  await marked.focus()
  await page.keyboard.press('Enter')
  await star(page, 'Mark Claims monitor as a favourite').waitFor()
  expect(now().favourites).toEqual([])
})

it('does both without a script', async () => {
  const page = await open('/', { javaScriptEnabled: false })
  await star(page, 'Mark Reserve variability as a favourite').click()
  await page.getByRole('heading', { name: 'Favourites' }).waitFor()
  await page.getByRole('searchbox').fill('loss')
  await page.getByRole('button', { name: 'Search' }).click()
  expect(await titles(page)).toEqual(['Loss development'])
})

it('shows what a dashboard looked like to whom it was shown, and drops it when another person comes', async () => {
  const page = await open('/')
  const picture = 'data:image/webp;base64,AAAA'
  const key = 'dashgate-picture/acme-corp/actuary%40kyros.test/claims-monitor'
  await page.evaluate(([name, value]) => localStorage.setItem(name, value), [key, picture] as const)
  await page.reload()
  const image = page.locator('[data-picture=claims-monitor] img')
  await image.waitFor({ state: 'attached' })
  expect(await page.locator('.card-picture img').count()).toBe(1)
  now().tenant = 'globex'
  await page.reload()
  await page.waitForLoadState()
  expect(await page.locator('.card-picture img').count()).toBe(0)
  now().person = { email: 'viewer@acme.test', role: 'viewer', canSwitch: false }
  now().tenant = 'acme-corp'
  await page.reload()
  await page.waitForLoadState()
  expect(await page.locator('.card-picture img').count()).toBe(0)
  expect(await page.evaluate((name) => localStorage.getItem(name), key)).toBeNull()
})

it('puts no picture on a card that is none', async () => {
  const page = await open('/')
  await page.evaluate(() =>
    localStorage.setItem(
      'dashgate-picture/acme-corp/actuary%40kyros.test/claims-monitor',
      'https://evil.example/x.jpg',
    ),
  )
  await page.reload()
  await page.waitForLoadState()
  expect(await page.locator('.card-picture img').count()).toBe(0)
})
