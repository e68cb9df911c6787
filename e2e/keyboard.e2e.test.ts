import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ACME } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, openDashboard } from './support/shell.ts'

const { signedIn } = useBrowser()

/** What has the focus, by what it says, and whether one sees that it has. */
function focused(page: Page) {
  return page.locator(':focus').evaluate((element) => {
    // The link of a card stretches over it, so the card is what is outlined.
    const outlined = element.closest('.card') ?? element
    const style = element.ownerDocument.defaultView.getComputedStyle(outlined)
    return {
      name: (element.getAttribute('aria-label') ?? element.textContent)
        .trim()
        .replaceAll(/\s+/g, ' '),
      seen: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2,
    }
  })
}

async function tabThrough(page: Page, steps: number): Promise<string[]> {
  const names: string[] = []
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('Tab')
    const { name, seen } = await focused(page)
    names.push(name)
    expect(seen, `focus on ${name} is visible`).toBe(true)
  }
  return names
}

describe('by keyboard', () => {
  it('one comes past the bar to the dashboards, in the order of the page', async () => {
    const { page } = await signedIn(ACME)
    expect(await tabThrough(page, 9)).toEqual([
      'Skip to content',
      expect.stringContaining('Acme Corp'),
      expect.stringContaining(ACME),
      'Search dashboards',
      'Loss development',
      'Mark Loss development as a favourite',
      'Reserve variability',
      'Mark Reserve variability as a favourite',
      'Claims monitor',
    ])
    await page.keyboard.press('Enter')
    await page.waitForURL('/dashboard/claims-monitor/')
  })

  it('one skips the bar', async () => {
    const { page } = await signedIn(ACME)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toEqual({ name: 'Search dashboards', seen: true })
  })

  it('one finds a dashboard by a letter of its name, marks it, and opens another from the palette', async () => {
    const { page } = await signedIn(await newcomer('acme-corp'))
    await page.keyboard.press('/')
    await page.keyboard.type('loss')
    await page.getByText('Reserve variability').waitFor({ state: 'detached' })
    const star = page.getByRole('button', { name: 'Mark Loss development as a favourite' })
    await star.press('Enter')
    await star.waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: 'Claims monitor' }).waitFor()
    await page.keyboard.type('claims')
    await page.keyboard.press('Enter')
    await page.waitForURL('/dashboard/claims-monitor/')
  })

  it('one signs out', async () => {
    const { page } = await signedIn(ACME)
    await tabThrough(page, 3)
    await page.keyboard.press('Enter')
    expect(await tabThrough(page, 4)).toEqual([
      'Go to… Ctrl K',
      'Who looked at our data',
      'Your account',
      'Sign out',
    ])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  })

  it('one comes into a dashboard and works with it', async () => {
    const login = await newcomer('acme-corp')
    const { page } = await signedIn(login)
    const frame = await openDashboard(page, 'loss-development')
    await figures(frame, 'loss-development')
    expect(await tabThrough(page, 5)).toEqual([
      'Skip to content',
      'All dashboards',
      expect.stringContaining('Views'),
      'More',
      expect.stringContaining(login),
    ])
    const total = () => dashboardFrame(page).locator('#total-latest').textContent()
    const paid = await total()
    const incurred = frame.getByRole('radio', { name: 'Incurred' })
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => incurred.isChecked()).toBe(true)
    await expect.poll(total).not.toBe(paid)
  })
})
