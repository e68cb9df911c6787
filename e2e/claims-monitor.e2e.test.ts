import type { FrameLocator } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ACME } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { choose } from './support/dashboards.ts'
import { openDashboard } from './support/shell.ts'
import { metric } from './support/stack.ts'

const slug = 'claims-monitor'
const { signedIn } = useBrowser()

const openSockets = () =>
  metric('dashgate_websockets_open', { tenant_id: 'acme-corp', dashboard: slug })
const postings = async (frame: FrameLocator) =>
  Number(await frame.locator('#postings').textContent())
/** Pixels of all bars of the live figure, one on top of the other. */
const heightOfBars = (frame: FrameLocator) =>
  frame
    .locator('#live .barlayer .point path')
    .evaluateAll((bars) => bars.reduce((sum, bar) => sum + bar.getBBox().height, 0))

describe('a WebSocket callback', () => {
  it('answers, and no HTTP callback does it in its place', async () => {
    const { page } = await signedIn(ACME)
    const callbacks: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('_dash-update-component')) callbacks.push(request.url())
    })
    const frame = await openDashboard(page, slug)
    const curve = frame.locator('#pattern .scatterlayer .trace path.js-line').first()
    await curve.waitFor({ state: 'attached' })
    const before = await curve.getAttribute('d')
    await choose(frame, 'line-of-business', 'Other liability')
    await expect.poll(() => curve.getAttribute('d')).not.toBe(before)
    expect(await openSockets()).toBeGreaterThan(0)
    expect(callbacks).toEqual([])
  })

  it('sends what happens as it happens, until it is paused, and goes on from there', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, slug)
    await frame.locator('#start').click()
    await frame.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => postings(frame)).toBeGreaterThan(2)
    const early = await heightOfBars(frame)
    await expect.poll(() => heightOfBars(frame)).toBeGreaterThan(early)

    await frame.locator('#pause').click()
    await frame.getByText('Paused', { exact: true }).waitFor()
    await expect.poll(() => frame.locator('#pause').isDisabled()).toBe(true)
    const paused = await postings(frame)

    await frame.locator('#start').click()
    await frame.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => postings(frame)).toBeGreaterThan(paused)
    expect(await frame.locator('#feed li').count()).toBeGreaterThan(0)
  })

  it('has one connection, which goes with the tab', async () => {
    const { page } = await signedIn(ACME)
    await expect.poll(openSockets).toBe(0)
    await openDashboard(page, slug)
    await expect.poll(openSockets).toBe(1)
    await page.close()
    await expect.poll(openSockets).toBe(0)
  })
})
