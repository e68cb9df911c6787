import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './browser.ts'

const { now, open } = useBrowser()

/** Asks in the frame as Dash does, and resolves to the status that its code sees. */
const ask = (page: Page, how: 'fetch' | 'xhr') =>
  page.frames()[1]?.evaluate(async (way) => {
    if (way === 'fetch') return (await fetch('/app', { method: 'POST', body: 'click' })).status
    return new Promise<number>((resolve) => {
      const request = new XMLHttpRequest()
      request.addEventListener('load', () => resolve(request.status))
      request.open('POST', '/app')
      request.send('click')
    })
  }, how)

async function openReady(): Promise<Page> {
  const page = await open('/dashboard/loss-development/')
  await page.locator('[data-stage][data-state=ready]').waitFor()
  return page
}

const notice = (page: Page) => page.locator('[data-notice]')

describe('a busy tenant (X21)', () => {
  it.each(['fetch', 'xhr'] as const)(
    'keeps a %s waiting, says so, and loses nothing',
    async (how) => {
      const page = await openReady()
      now().busy = 2
      const status = ask(page, how)
      await notice(page).getByText('is tried again by itself').waitFor()
      expect(await status).toBe(200)
      expect(now().asked).toEqual(['click'])
      await notice(page).waitFor({ state: 'hidden' })
    },
  )

  it('that stays busy is told in the end, after a few tries', async () => {
    const page = await openReady()
    now().busy = 1000
    // Waiting is for people: here the clock runs ahead.
    await page.frames()[1]?.evaluate(() => {
      const real = window.setTimeout
      window.setTimeout = ((handler: () => void) => real(handler, 1)) as typeof setTimeout
    })
    expect(await ask(page, 'xhr')).toBe(429)
    expect(now().busy).toBe(994)
    await notice(page).getByText('was not answered').waitFor()
  })
})
