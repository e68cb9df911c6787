import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { expectAccessible } from './support/axe.ts'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { openDashboard } from './support/shell.ts'

declare const window: { notedLines: string[] }

const slug = 'loss-development'
const { signedIn } = useBrowser()

const views = (frame: FrameLocator) => ({
  /** Names, the one that the dashboard opens with marked. */
  names: () => frame.locator('.dg-chip').allTextContents(),
  chosen: () => frame.locator('.dg-chip[aria-pressed=true]').allTextContents(),
  press: (name: string) => frame.getByRole('button', { name }).click(),
  said: (text: string | RegExp) => frame.getByRole('status').getByText(text).waitFor(),
  async saveAs(name: string) {
    await frame.getByLabel('Name of a new view').fill(name)
    await frame.getByRole('button', { name: 'Save view' }).click()
    await frame.getByRole('status').getByText(`Saved as “${name}”.`).waitFor()
  },
})
const line = (frame: FrameLocator) => frame.locator('#line-of-business').textContent()

async function open(page: Page) {
  const frame = await openDashboard(page, slug)
  await figures(frame, slug)
  return frame
}

describe('a view', () => {
  it('is named, chosen, made the default and deleted with keys alone', async () => {
    const { page } = await signedIn(await newcomer('acme-corp'))
    const frame = await open(page)
    await choose(frame, 'line-of-business', 'Product liability')
    await frame.getByLabel('Name of a new view').focus()
    await page.keyboard.type('Year end')
    await page.keyboard.press('Enter')
    await views(frame).said('Saved as “Year end”.')
    await choose(frame, 'line-of-business', 'Commercial auto')

    // Back from the name: delete, default, changes, and the view itself.
    const back = async (steps: number) => {
      await frame.getByLabel('Name of a new view').focus()
      for (let step = 0; step < steps; step += 1) await page.keyboard.press('Shift+Tab')
    }
    await back(4)
    await page.keyboard.press('Enter')
    await views(frame).said('Showing “Year end”.')
    await expect.poll(() => line(frame)).toContain('Product liability')
    await back(2)
    await page.keyboard.press(' ')
    await views(frame).said(/opens with “Year end” from now on/)
    expect(await views(frame).names()).toEqual(['Year end★ (the dashboard opens with it)'])
    await expectAccessible(page)
    await back(1)
    await page.keyboard.press('Enter')
    await views(frame).said('Deleted “Year end”.')
    expect(await views(frame).names()).toEqual([])
  })

  it('that is the default is there before anything is drawn, and nothing else is before it', async () => {
    const { page, context } = await signedIn(await newcomer('acme-corp'))
    const first = await open(page)
    await choose(first, 'line-of-business', 'Product liability')
    await views(first).saveAs('Year end')
    await views(first).press('Make default')
    await views(first).said(/from now on/)
    await choose(first, 'line-of-business', 'Commercial auto')
    await first.getByText('Filters saved').waitFor()

    const later = await context.newPage()
    await later.addInitScript(noteLines)
    const drawn: string[] = []
    later.on('request', (request) => {
      const body = request.postData() ?? ''
      if (request.url().includes('_dash-update-component') && body.includes('triangle'))
        drawn.push(body)
    })
    const frame = await open(later)
    expect(await line(frame)).toContain('Product liability')
    expect(await views(frame).chosen()).toEqual(['Year end★ (the dashboard opens with it)'])
    expect(await frame.locator('body').evaluate(() => window.notedLines)).toEqual([
      'Product liability',
    ])
    expect(drawn.map((body) => body.includes('Product liability'))).toEqual([true])
  })

  it('that another window has changed is not overwritten, and the person is told', async () => {
    const one = await signedIn(await newcomer('globex'))
    const old = await open(one.page)
    await views(old).saveAs('Year end')
    const other = await open(await one.tab())
    await views(other).press('Year end')
    await views(other).said('Showing “Year end”.')
    await choose(other, 'line-of-business', 'Product liability')
    await views(other).press('Save changes')
    await views(other).said('Saved the changes of “Year end”.')

    await choose(old, 'line-of-business', 'Commercial auto')
    await views(old).press('Save changes')
    await views(old).said(/“Year end” was changed in another window/)
    expect(await line(old)).toContain('Commercial auto')
    await views(old).press('Year end')
    await expect.poll(() => line(old)).toContain('Product liability')
  })
})

/**
 * In each frame: every line of business that the filter ever shows. A frame's window is that of its
 * empty document before, whose observers see nothing of the next one.
 */
const noteLines = `
  window.notedLines = []
  let observed
  setInterval(() => {
    if (observed === document) return
    observed = document
    new MutationObserver(() => {
      const shown = document.querySelector('#line-of-business')?.textContent
      if (shown && window.notedLines.at(-1) !== shown) window.notedLines.push(shown)
    }).observe(document, { subtree: true, childList: true, characterData: true })
  })`
