import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ACME } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import { countProcesses } from './support/processes.ts'
import { newcomer } from './support/newcomer.ts'
import { dashboardFrame, fillIn, openDashboard, stage } from './support/shell.ts'
import { app } from './support/stack.ts'

const slug = 'reserve-variability'
const path = `/dashboard/${slug}/`
const { person, signedIn } = useBrowser()

/** Notes each state that the progress bar is in; a run may be quicker than questions from outside. */
async function watchProgress(frame: FrameLocator) {
  const bar = frame.locator('#progress')
  await bar.evaluate((element) => {
    element.seen = [Number(element.value)]
    new element.ownerDocument.defaultView.MutationObserver(() =>
      element.seen.push(Number(element.value)),
    ).observe(element, {
      attributes: true,
    })
  })
  return () => bar.evaluate((element): number[] => element.seen)
}

describe('a background callback', () => {
  it('moves its progress bar and ends with results', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug, 'bootstrap')
    const progress = await watchProgress(frame)
    await frame.locator('#start').click()
    await frame.getByText('Finished: 5,000 simulations').waitFor()
    const seen = await progress()
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBeGreaterThan(2)
    expect(seen.at(-1)).toBe(100)
    await frame.locator('#distribution .barlayer .point').first().waitFor({ state: 'attached' })
    expect(await frame.locator('#results tbody tr', { hasText: 'Total' }).count()).toBe(1)
    expect(await frame.locator('#mean').textContent()).toMatch(/^[1-9][\d,]+$/)
  })

  it('stops when it is cancelled, on the server too, and can be run again', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug, 'bootstrap')
    const jobs = () => app(slug).pid().then(countProcesses)
    const idle = await jobs()
    await frame.getByText('20,000', { exact: true }).click()
    await frame.locator('#start').click()
    await frame.getByText(/^[1-9].* of 20,000 simulations$/).waitFor()
    expect(await jobs()).toBe(idle + 1)

    await frame.locator('#cancel').click()
    await frame.getByText('Cancelled').waitFor()
    await expect.poll(jobs).toBe(idle)
    await expect.poll(() => frame.locator('#start').isEnabled()).toBe(true)
    expect(await frame.locator('#distribution').count()).toBe(0)

    await frame.getByText('1,000', { exact: true }).click()
    await frame.locator('#start').click()
    await frame.getByText('Finished: 1,000 simulations').waitFor()
  })
})

describe('pages of an app', () => {
  const shows = async (page: Page, rest: string, content: string) => {
    await page.waitForURL(`${path}${rest}`)
    await dashboardFrame(page).locator(content).waitFor()
  }

  it('change by links, back and forward, and the address bar follows', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug)
    await figures(frame, slug)
    await frame.locator('#run-a-bootstrap').click()
    await shows(page, 'bootstrap', '#start')
    await expect.poll(() => page.title()).toBe('Bootstrap · Reserve variability · Acme Corp')
    await frame.locator('#to-method').click()
    await shows(page, 'method', '#method')
    await page.goBack()
    await shows(page, 'bootstrap', '#start')
    await page.goBack()
    await shows(page, '', '#reserves')
    await page.goForward()
    await shows(page, 'bootstrap', '#start')
    await page.goBack()
    await page.goBack()
    await page.waitForURL('/')
  })

  it('can be reloaded where they are', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug)
    await frame.locator('#to-method').click()
    await shows(page, 'method', '#method')
    await page.reload()
    await shows(page, 'method', '#method')
  })

  it('can be shared: the address leads a colleague, once signed in, to the same page', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug, 'bootstrap?line=Product%20liability')
    await frame.locator('#start').waitFor()
    const link = page.url()

    const colleague = await newcomer('acme-corp')
    const tab = await (await person()).tab()
    await tab.goto(link)
    await fillIn(tab, colleague)
    await tab.waitForURL(link)
    await stage(tab, 'ready').waitFor()
    const same = dashboardFrame(tab)
    await same.locator('#start').waitFor()
    expect(await same.locator('#line-of-business').textContent()).toContain('Product liability')
    expect(await tab.locator('.menu-email').textContent()).toBe(colleague)
  })
})
