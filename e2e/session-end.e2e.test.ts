import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { type OwnApp, startOwnApp } from './support/own-app.ts'
import { dashboardFrame, openDashboard, overlay } from './support/shell.ts'
import { revokeSessions } from './support/stack.ts'

const { signedIn } = useBrowser()

let typed: OwnApp | undefined
beforeAll(async () => {
  typed = await startOwnApp('typed', 'Typed', 'acme-corp')
})
afterAll(() => typed?.stop())

/** An operator ends the session behind this page's back; the browser has not heard of it yet. */
async function endSession(page: Page): Promise<void> {
  const response = await page.request.get('/session')
  const { user } = (await response.json()) as { user: { sub: string } }
  await revokeSessions({ sub: user.sub })
  const cookies = await page.context().cookies()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const asked = () => fetch(new URL('/session', page.url()), { headers: { cookie } })
  await expect.poll(async () => (await asked()).status, { timeout: 20_000 }).toBe(401)
}

const ended = (page: Page) => overlay(page, 'Your session has ended')

/** The provider still knows this person and asks for nothing: the window closes by itself. */
async function signInBeside(page: Page): Promise<void> {
  await ended(page).waitFor()
  await page.locator('iframe').waitFor({ state: 'hidden' })
  await ended(page).getByRole('button', { name: 'Sign in' }).click()
  await ended(page).waitFor({ state: 'detached' })
}

/** Something in the app's page that only this very load of it has. */
const mark = (frame: FrameLocator) =>
  frame.locator('html').evaluate((html) => html.setAttribute('data-same', 'yes'))
const isSame = (frame: FrameLocator) => frame.locator('html[data-same=yes]').count()

describe('a dashboard that is open when its session ends', () => {
  it('goes on after a sign-in beside it: the same page, what was half typed, and the callback’s answer', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const { page } = one
    const frame = await openDashboard(page, 'typed', '?kept=yes')
    await frame.getByText('Answer 0 for Acme Corp').waitFor()
    await mark(frame)
    await frame.getByLabel('Note').fill('Large losses wi')
    await endSession(page)
    await frame.getByRole('button', { name: 'Ask' }).click()
    await signInBeside(page)
    await frame.getByText('Answer 1 for Acme Corp').waitFor()
    expect(await isSame(frame)).toBe(1)
    expect(await frame.getByLabel('Note').inputValue()).toBe('Large losses wi')
    expect(new URL(page.url()).search).toBe('?kept=yes')
  })

  it('hears the result of a run that was under way in the background', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const frame = await openDashboard(one.page, 'reserve-variability', 'bootstrap')
    await frame.getByText('20,000', { exact: true }).click()
    await frame.locator('#start').click()
    await frame.getByText(/^[1-9].* of 20,000 simulations$/).waitFor()
    await mark(frame)
    await endSession(one.page)
    await signInBeside(one.page)
    // A long run, on a machine that may be busy with others.
    await frame.getByText('Finished: 20,000 simulations').waitFor({ timeout: 200_000 })
    expect(await isSame(frame)).toBe(1)
  }, 300_000)

  it('is live again over its WebSocket, though Dash would have waited for ever', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const frame = await openDashboard(one.page, 'claims-monitor')
    await frame.locator('#start').click()
    await frame.locator('#feed li').nth(1).waitFor()
    await mark(frame)
    await endSession(one.page)
    await signInBeside(one.page)
    const postings = async () => Number(await frame.locator('#postings').textContent())
    const then = await postings()
    await expect.poll(postings).toBeGreaterThan(then)
    expect(await isSame(frame)).toBe(1)
  })

  it('can be left for a fresh start, which leads back to the same place', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const { page } = one
    const frame = await openDashboard(page, 'loss-development', '?view=kept')
    await figures(frame, 'loss-development')
    await endSession(page)
    await choose(frame, 'line-of-business', 'Product liability')
    await ended(page).getByRole('link', { name: 'Start afresh' }).click()
    await page.waitForURL('/dashboard/loss-development/?view=kept')
    await figures(dashboardFrame(page), 'loss-development')
  })

  it('asks for the page of a link that is followed too late once more', async () => {
    const one = await signedIn(await newcomer('acme-corp'))
    one.expectFaults(/401/)
    const frame = await openDashboard(one.page, 'reserve-variability')
    await figures(frame, 'reserve-variability')
    await endSession(one.page)
    await frame.locator('html').evaluate((html) => html.ownerDocument.location.reload())
    await signInBeside(one.page)
    await figures(dashboardFrame(one.page), 'reserve-variability')
  })
})
