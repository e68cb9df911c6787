import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, openDashboard, overlay } from './support/shell.ts'
import { revokeSessions } from './support/stack.ts'

const { signedIn } = useBrowser()

/** An operator ends the session behind this page's back. */
async function endSession(page: Page): Promise<void> {
  const response = await page.request.get('/session')
  const { user } = (await response.json()) as { user: { sub: string } }
  await revokeSessions({ sub: user.sub })
}

describe('a dashboard that is open when its session ends', () => {
  it('says so at the next callback, and sign-in leads back to it', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const { page } = one
    const rest = '?view=kept'
    const frame = await openDashboard(page, 'loss-development', rest)
    await figures(frame, 'loss-development')
    await endSession(page)
    await choose(frame, 'line-of-business', 'Product liability')
    const ended = overlay(page, 'Your session has ended')
    await ended.waitFor()
    expect(await page.locator('iframe').count()).toBe(0)
    expect(await page.title()).not.toContain('Updating')
    // The provider still knows this person and asks for nothing.
    await ended.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL(`/dashboard/loss-development/${rest}`)
    await figures(dashboardFrame(page), 'loss-development')
  })

  it('says so by itself when it is live, though Dash would wait for ever', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const frame = await openDashboard(one.page, 'claims-monitor')
    await frame.locator('#start').click()
    await frame.locator('#feed li').nth(1).waitFor()
    await endSession(one.page)
    const said = overlay(one.page, 'You have been signed out')
    await said.getByRole('link', { name: 'Sign in' }).waitFor()
    expect(await one.page.locator('iframe').count()).toBe(0)
  })

  it('says so inside the frame of a link that is followed too late', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const frame = await openDashboard(one.page, 'reserve-variability')
    await figures(frame, 'reserve-variability')
    await endSession(one.page)
    await frame.locator('html').evaluate((html) => html.ownerDocument.location.reload())
    await overlay(one.page, 'Your session has ended').waitFor()
  })
})
