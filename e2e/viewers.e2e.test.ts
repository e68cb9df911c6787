import { describe, expect, it } from 'vitest'
import { tenants } from '../dev/demo.ts'
import { ACME, GLOBEX, INITECH, STAFF } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { figures, type Slug } from './support/dashboards.ts'
import { chooseTenant, dashboardFrame, openDashboard } from './support/shell.ts'

const { signedIn } = useBrowser()

const titles: Record<string, string> = {
  'loss-development': 'Loss development',
  'reserve-variability': 'Reserve variability',
  'claims-monitor': 'Claims monitor',
}
const numberOfSome = /[1-9]\d*/

describe.each([
  [ACME, 'Acme Corp', ['loss-development', 'reserve-variability', 'claims-monitor']],
  [GLOBEX, 'Globex', ['loss-development', 'claims-monitor']],
  [INITECH, 'Initech', ['loss-development']],
] as const)('%s', (login, tenant, slugs) => {
  it(`V48: signs in with the provider's form and finds exactly the dashboards of ${tenant}, with real figures`, async () => {
    const { page } = await signedIn(login)
    expect(await page.title()).toBe(`Dashboards · ${tenant}`)
    const links = page.locator('.cards a')
    expect(await links.allTextContents()).toEqual(slugs.map((slug) => titles[slug]))

    for (const slug of slugs) {
      await page.goto('/')
      await links.filter({ hasText: String(titles[slug]) }).click()
      await page.waitForURL(`/dashboard/${slug}/`)
      const frame = dashboardFrame(page)
      expect((await figures(frame, slug)).join(' ')).toMatch(numberOfSome)
      expect(await frame.locator('#tenant-name').textContent()).toBe(tenant)
      expect(await page.locator('h1').textContent()).toBe(`${titles[slug]}${tenant}`)
    }
  })
})

describe(STAFF, () => {
  it('chooses a client first, and then sees what that client sees', async () => {
    const { page } = await signedIn(STAFF)
    await page.getByRole('heading', { name: 'Choose a client' }).waitFor()
    const names = tenants.map(({ displayName }) => displayName)
    expect(await page.locator('.choice-name').allTextContents()).toEqual(
      tenants.map(({ id, displayName }) => displayName + id),
    )
    for (const tenant of tenants) {
      await chooseTenant(page, tenant.displayName)
      expect(await page.locator('.cards a').allTextContents()).toEqual(
        tenant.dashboards.map((slug) => titles[slug]),
      )
      const [slug] = tenant.dashboards as [Slug]
      const frame = await openDashboard(page, slug)
      expect((await figures(frame, slug)).join(' ')).toMatch(numberOfSome)
      expect(await frame.locator('#tenant-name').textContent()).toBe(tenant.displayName)
      expect(names).toContain(tenant.displayName)
    }
  })
})
