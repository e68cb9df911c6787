import { expect, it } from 'vitest'
import { useBrowser } from './browser.ts'

const { now, open } = useBrowser()
const PATH = '/dashboard/loss-development/'

it('staff find a client as they type and give a usual reason, by mouse', async () => {
  const page = await open(`/tenant?return_to=${PATH}`)
  await page.getByText('3 clients').waitFor()
  await page.getByRole('searchbox', { name: 'Search clients' }).fill('glob')
  await page.getByText('1 client found').waitFor()
  expect(page.url()).toContain('q=glob')
  await page.getByRole('link', { name: 'Globex' }).click()
  await page.getByRole('heading', { name: 'Why Globex?' }).waitFor()
  await page.getByRole('button', { name: 'Regular review' }).click()
  await page.waitForURL(`**${PATH}`)
  expect([now().tenant, now().reasons]).toEqual(['globex', ['Regular review']])
})

it('the same by keyboard alone, with a reason of their own', async () => {
  const page = await open(`/tenant?return_to=${PATH}`)
  await page.waitForLoadState()
  await page.keyboard.press('/')
  await page.keyboard.type('glob')
  await page.getByText('1 client found').waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Why Globex?' }).waitFor()
  await page.getByLabel('Reason for this visit').focus()
  await page.keyboard.press('Enter')
  // Nothing was said yet.
  expect(now().reasons).toEqual([])
  await page.keyboard.type('Figures of May')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${PATH}`)
  expect([now().tenant, now().reasons]).toEqual(['globex', ['Figures of May']])
})

it('a name that nothing has is said to be one, and another word finds again', async () => {
  const page = await open('/tenant')
  const search = page.getByRole('searchbox', { name: 'Search clients' })
  await search.fill('<b>nobody</b>')
  await page.getByRole('heading', { name: 'Nothing is called “<b>nobody</b>”' }).waitFor()
  await search.fill('')
  await page.getByText('3 clients').waitFor()
})

it('a search after the session has ended leads to sign-in', async () => {
  const page = await open('/tenant')
  await page.getByText('3 clients').waitFor()
  now().person = undefined
  await page.getByRole('searchbox', { name: 'Search clients' }).fill('acme')
  await page.getByRole('heading', { name: 'Please sign in' }).waitFor()
})
