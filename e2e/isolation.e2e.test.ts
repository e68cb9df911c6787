import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ACME, GLOBEX } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import { dashboardFrame, openDashboard, stage } from './support/shell.ts'
import { openingTotal } from './support/truth.ts'

const { signedIn } = useBrowser()

/** The same steps as a viewer of each of the two tenants. */
async function asBoth<T>(steps: (viewer: { page: Page }) => Promise<T>): Promise<T[]> {
  return [await steps(await signedIn(ACME)), await steps(await signedIn(GLOBEX))]
}

async function totalShown(frame: FrameLocator): Promise<number> {
  await figures(frame, 'loss-development')
  const shown = await frame.locator('#total-latest').textContent()
  return Number(shown?.replaceAll(',', ''))
}

async function expectFiguresOfAcme(frame: FrameLocator): Promise<void> {
  expect(await totalShown(frame)).toBe(await openingTotal('acme-corp'))
  expect(await frame.locator('#tenant-name').textContent()).toBe('Acme Corp')
}

describe('figures of two tenants on the same dashboard', () => {
  it('differ where they come by HTTP', async () => {
    const seen = await asBoth(({ page }) =>
      openDashboard(page, 'loss-development').then((frame) => figures(frame, 'loss-development')),
    )
    expect(seen[0]).not.toEqual(seen[1])
  })

  it('differ where they come over a WebSocket', async () => {
    const [acme, globex] = await asBoth(async ({ page }) => {
      const frame = await openDashboard(page, 'claims-monitor')
      await frame.locator('#start').click()
      const oldest = frame.locator('#feed li').last()
      await oldest.getByText('for accident year 1988').waitFor()
      return oldest.textContent()
    })
    expect(acme).toMatch(/^1988for accident year 1988[\d,]+$/)
    expect(globex).toMatch(/^1988for accident year 1988[\d,]+$/)
    expect(acme).not.toBe(globex)
  })

  it.each([
    [ACME, 'acme-corp'],
    [GLOBEX, 'globex'],
  ])('are what the data of each say: %s', async (login, tenantId) => {
    const { page } = await signedIn(login)
    expect(await totalShown(await openDashboard(page, 'loss-development'))).toBe(
      await openingTotal(tenantId),
    )
  })
})

describe('a forged request', () => {
  const forged = new URLSearchParams({
    tenant: 'globex',
    tenant_id: 'globex',
    'X-Tenant-Id': 'globex',
    activeTenant: 'globex',
  }).toString()

  it('for another tenant by its parameters changes nothing', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, 'loss-development', `?${forged}`)
    await expectFiguresOfAcme(frame)
  })

  it('for another tenant by its headers changes nothing', async () => {
    const { page, context } = await signedIn(ACME)
    await context.setExtraHTTPHeaders({
      'X-Tenant-Id': 'globex',
      X_Tenant_Id: 'globex',
      'X-Tenant-Token': 'forged',
      'X-User-Role': 'admin',
    })
    await expectFiguresOfAcme(await openDashboard(page, 'loss-development'))
  })

  it('that says it was made for another tenant is refused', async () => {
    const one = await signedIn(ACME)
    one.expectFaults(/409/)
    await one.page.goto('/dashboard/loss-development/?dashgate_tenant=globex')
    await one.page.getByRole('heading', { name: 'You have switched to another client' }).waitFor()
    expect(await one.page.locator('iframe').count()).toBe(0)
  })

  it('for a dashboard of somebody else is answered as one for nothing at all', async () => {
    const one = await signedIn(GLOBEX)
    one.expectFaults(/404/)
    const texts = []
    for (const slug of ['reserve-variability', 'never-was', 'Nonsense%20slug']) {
      const response = await one.page.goto(`/dashboard/${slug}/`)
      expect(response?.status()).toBe(404)
      texts.push(await one.page.locator('.message-card > h1, .message-card > p').allTextContents())
    }
    expect(new Set(texts.map(String)).size).toBe(1)
    expect(await stage(one.page, 'loading').count()).toBe(0)
    expect(await dashboardFrame(one.page).locator('body').count()).toBe(0)
  })
})
