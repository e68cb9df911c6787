import type { FrameLocator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { choose, figures } from './support/dashboards.ts'
import { newcomer } from './support/newcomer.ts'
import { openDashboard } from './support/shell.ts'
import { viewsMenu } from './support/views-menu.ts'

declare const window: { notedLines: string[] }

const slug = 'loss-development'
const { signedIn } = useBrowser()

const line = (frame: FrameLocator) => frame.locator('#line-of-business').textContent()

async function open(page: Page) {
  const frame = await openDashboard(page, slug)
  await figures(frame, slug)
  return frame
}

describe('a view', () => {
  it('that is the default is there before anything is drawn, and nothing else is before it', async () => {
    const { page, context } = await signedIn(await newcomer('acme-corp'))
    const first = await open(page)
    await choose(first, 'line-of-business', 'Product liability')
    const views = viewsMenu(page)
    await views.saveAs('Year end')
    await views.press('Open with it')
    await views.said(/from now on/)
    await views.close()
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
    expect(await viewsMenu(later).shown()).toBe('Year end')
    expect(await frame.locator('body').evaluate(() => window.notedLines)).toEqual([
      'Product liability',
    ])
    expect(drawn.map((body) => body.includes('Product liability'))).toEqual([true])
  })

  it('that another window has changed is not overwritten, and the person is told', async () => {
    const { page, tab, expectFaults } = await signedIn(await newcomer('globex'))
    const old = await open(page)
    const views = viewsMenu(page)
    await views.saveAs('Year end')
    await views.close()
    const later = await tab()
    const other = await open(later)
    await viewsMenu(later).choose('Year end')
    await viewsMenu(later).close()
    await choose(other, 'line-of-business', 'Product liability')
    await viewsMenu(later).press('Save changes')
    await viewsMenu(later).said('Saved the changes of “Year end”.')

    expectFaults(/ 412 PUT \S+Year%20end$/, /status of 412 .*Year%20end\)$/)
    await choose(old, 'line-of-business', 'Commercial auto')
    await views.press('Save changes')
    await views.said(/changed in another window/)
    expect(await line(old)).toContain('Commercial auto')
    // As it is now, it is this window's to change again.
    await views.choose('Year end')
    await expect.poll(() => line(old)).toContain('Product liability')
    await views.close()
    await choose(old, 'line-of-business', 'Commercial auto')
    await views.press('Save changes')
    await views.said('Saved the changes of “Year end”.')
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
