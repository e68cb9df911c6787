import { describe, it } from 'vitest'
import { ACME, STAFF } from './support/accounts.ts'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import { openDashboard } from './support/shell.ts'

const { person, signedIn } = useBrowser()

describe('in light and dark, on a phone and a desktop, axe finds no fault with', () => {
  it('the list of dashboards and its open menu', async () => {
    const { page } = await signedIn(ACME)
    await expectAccessible(page)
    await page.locator('details:has([data-sign-out]) > summary').click()
    await expectAccessible(page)
  })

  it('the chooser of clients', async () => {
    const { page } = await signedIn(STAFF)
    await page.getByRole('heading', { name: 'Choose a client' }).waitFor()
    await expectAccessible(page)
  })

  it.each(['loss-development', 'reserve-variability', 'claims-monitor'] as const)(
    'the page around a dashboard and the dashboard in it: %s',
    async (slug) => {
      const { page } = await signedIn(ACME)
      await figures(await openDashboard(page, slug), slug)
      await expectAccessible(page)
    },
  )

  it('a bootstrap that has run', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, 'reserve-variability', 'bootstrap')
    await frame.getByText('1,000', { exact: true }).click()
    await frame.locator('#start').click()
    await frame.locator('#distribution .barlayer .point').first().waitFor({ state: 'attached' })
    await expectAccessible(page)
  })

  it('the pages of signing out', async () => {
    const { page } = await signedIn(ACME)
    await page.goto('/logout')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await expectAccessible(page)
  })

  it('the sign-in form of the demo', async () => {
    const page = await (await person()).tab()
    await page.goto('/')
    await page.locator('input[name=login]').waitFor()
    await expectAccessible(page)
  })

  it('the page for what is not there', async () => {
    const one = await signedIn(ACME)
    one.expectFaults(/404/)
    await one.page.goto('/dashboard/never-was/')
    await expectAccessible(one.page)
  })
})
