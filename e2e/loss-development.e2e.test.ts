import { readFile } from 'node:fs/promises'
import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ACME, GLOBEX } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { fillIn, openDashboard, signOut } from './support/shell.ts'
import { openingOf, openingTotal } from './support/truth.ts'

const slug = 'loss-development'
const { signedIn } = useBrowser()

const total = (frame: FrameLocator) => frame.locator('#total-latest').textContent()
const chosenLine = (frame: FrameLocator) => frame.locator('#line-of-business').textContent()

describe('filters', () => {
  it('change the figures', async () => {
    const { page } = await signedIn(await newcomer('globex'))
    const frame = await openDashboard(page, slug)
    await figures(frame, slug)
    const allIncurred = await total(frame)
    await frame.getByText('Paid', { exact: true }).click()
    await expect.poll(() => total(frame)).not.toBe(allIncurred)
    const allPaid = await total(frame)
    await choose(frame, 'line-of-business', 'Product liability')
    await expect.poll(() => total(frame)).not.toBe(allPaid)
    await frame.locator('#table caption', { hasText: 'Product liability, paid' }).waitFor()
  })

  it('are saved: they outlive a reload and a sign-out, and stay within their tenant', async () => {
    const login = await newcomer('acme-corp')
    const { page, context } = await signedIn(login)
    let frame = await openDashboard(page, slug)
    await figures(frame, slug)
    await choose(frame, 'line-of-business', 'Product liability')
    await frame.getByText('Incurred', { exact: true }).click()
    await frame.locator('#table caption', { hasText: 'Product liability, incurred' }).waitFor()
    await expect.poll(() => saved(page)).toEqual(['Product liability', 'incurred'])
    const chosen = await figures(frame, slug)

    frame = await openDashboard(page, slug)
    expect(await figures(frame, slug)).toEqual(chosen)

    await page.goto('/')
    await signOut(page)
    await context.clearCookies()
    await page.goto(`/dashboard/${slug}/`)
    await fillIn(page, login)
    await page.waitForURL(`/dashboard/${slug}/`)
    expect(await figures(frame, slug)).toEqual(chosen)
    expect(await chosenLine(frame)).toContain('Product liability')

    const other = await signedIn(GLOBEX)
    const ofOther = await openDashboard(other.page, slug)
    await figures(ofOther, slug)
    expect(await chosenLine(ofOther)).toContain('All lines')
  })
})

it('the download holds the numbers of the tenant that asked for it', async () => {
  for (const [login, tenantId, name] of [
    [ACME, 'acme-corp', 'Acme Corp'],
    [GLOBEX, 'globex', 'Globex'],
  ] as const) {
    const { page } = await signedIn(login)
    const frame = await openDashboard(page, slug)
    await figures(frame, slug)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      frame.locator('#download-csv').click(),
    ])
    expect(download.suggestedFilename()).toBe(
      `${tenantId}-all-lines-${openingOf(tenantId).basis}.csv`,
    )
    const rows = (await readFile(await download.path(), 'utf8'))
      .trim()
      .split('\r\n')
      .map((row) => row.split(','))
    expect(new Set(rows.slice(1).map(([tenant]) => tenant))).toEqual(new Set([name]))
    expect(rows).toHaveLength(12)
    expect(Number(rows.at(-1)?.[3])).toBe(await openingTotal(tenantId))
  }
})

/** What the gateway keeps for this person, tenant and dashboard. */
async function saved(page: Page): Promise<unknown[]> {
  const response = await page.request.get(`/api/preferences/${slug}/main`)
  const { value } = (await response.json()) as { value?: Record<string, unknown> }
  return [value?.['line-of-business'], value?.['basis']]
}
