import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { STAFF } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures, type Slug } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { chooseTenant, dashboardFrame, openDashboard, overlay, signOut } from './support/shell.ts'
import { openingTotal } from './support/truth.ts'

const { signedIn } = useBrowser()

const switched = (page: Page, name: string) =>
  overlay(page, `You are now working for ${name} in another tab`)

/** Everything that the gateway sends to a tab from now on. */
function answersTo(page: Page): () => Promise<string> {
  const texts: Promise<string>[] = []
  page.on('response', (response) => texts.push(response.text().catch(() => '')))
  return async () => (await Promise.all(texts)).join('\n')
}

/** Staff with one tab on a dashboard of Acme Corp and another one for something else. */
async function twoTabs(slug: Slug, prepare?: (old: Page) => Promise<unknown>) {
  const staff = await signedIn(STAFF)
  await chooseTenant(staff.page, 'Acme Corp')
  const old = await staff.tab()
  await prepare?.(old)
  await figures(await openDashboard(old, slug), slug)
  return { staff, old, other: staff.page }
}

/** Messages from other tabs never arrive, as in a tab that sleeps. */
const makeDeaf = (page: Page) =>
  page.addInitScript('window.BroadcastChannel = class extends EventTarget { postMessage() {} }')

describe('a tab that shows one client while another tab switches to the next', () => {
  it('says so at once and shows nothing any more', async () => {
    const { old, other } = await twoTabs('loss-development')
    const answers = answersTo(old)
    await chooseTenant(other, 'Globex')
    await switched(old, 'Globex').waitFor()
    expect(await old.locator('iframe').count()).toBe(0)
    await figures(await openDashboard(other, 'loss-development'), 'loss-development')
    await old.keyboard.press('Escape')
    await old.keyboard.press('Escape')
    await switched(old, 'Globex').waitFor()
    expect(await answers()).not.toContain((await openingTotal('globex')).toLocaleString('en-US'))
  })

  it('is refused when it asks, should it not have heard of the switch', async () => {
    const { staff, old, other } = await twoTabs('loss-development', makeDeaf)
    staff.expectFaults(/409/)
    await chooseTenant(other, 'Globex')
    const answers = answersTo(old)
    const frame = dashboardFrame(old)
    expect(await frame.locator('#tenant-name').textContent()).toBe('Acme Corp')
    await choose(frame, 'line-of-business', 'Product liability')
    await switched(old, 'Globex').waitFor()
    expect(await old.locator('iframe').count()).toBe(0)
    expect(await answers()).not.toContain('"response"')
  })

  it('loses its live connection, and says so too', async () => {
    // The socket may close before the browser has the new session's cookie.
    const { staff, old, other } = await twoTabs('claims-monitor')
    staff.expectFaults(/401/)
    const frame = dashboardFrame(old)
    await frame.locator('#start').click()
    await frame.locator('#feed li').nth(1).waitFor()
    await chooseTenant(other, 'Globex')
    await switched(old, 'Globex').waitFor()
    expect(await old.locator('iframe').count()).toBe(0)
  })

  it('switches back to where it was, and then the other tab is covered', async () => {
    const { old, other } = await twoTabs('loss-development')
    await chooseTenant(other, 'Globex')
    await switched(old, 'Globex').getByRole('button', { name: 'Switch back to Acme Corp' }).click()
    await old.waitForURL('/dashboard/loss-development/')
    const frame = dashboardFrame(old)
    await figures(frame, 'loss-development')
    expect(await frame.locator('#total-latest').textContent()).toBe(
      (await openingTotal('acme-corp')).toLocaleString('en-US'),
    )
    await switched(other, 'Acme Corp').waitFor()
  })

  it('continues with the next client when told to', async () => {
    const { old, other } = await twoTabs('loss-development')
    await chooseTenant(other, 'Globex')
    await switched(old, 'Globex').getByRole('link', { name: 'Continue with Globex' }).click()
    await old.getByText('You are looking at Globex').waitFor()
  })
})

it('signing out in one tab reaches the other', async () => {
  const one = await signedIn(await newcomer('acme-corp'))
  const other = await one.tab()
  await figures(await openDashboard(other, 'loss-development'), 'loss-development')
  await signOut(one.page)
  await overlay(other, 'You have been signed out').waitFor()
  expect(await other.locator('iframe').count()).toBe(0)
  expect((await other.request.get('/session')).status()).toBe(401)
})
