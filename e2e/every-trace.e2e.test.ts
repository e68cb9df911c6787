import { readFile } from 'node:fs/promises'
import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACME } from './support/accounts.ts'
import { useBrowser } from './support/browser.ts'
import { type OwnApp, startOwnApp } from './support/own-app.ts'
import { colouredPixels, paintedPixels, typesIn, typesKnown } from './support/plots.ts'
import { openDashboard } from './support/shell.ts'

// Without a graphics card the processor draws WebGL. What the policy refuses fails a test here as
// everywhere: it is an error of the console.
const { signedIn } = useBrowser({ args: ['--enable-unsafe-swiftshader'] })

/** How many graphs each page of the app has. */
const pages = { plain: 31, solid: 7, fast: 4, maps: 5 }

let app: OwnApp | undefined
beforeAll(async () => {
  app = await startOwnApp('traces', 'Traces', 'acme-corp')
})
afterAll(() => app?.stop())

/** @returns the graphs, all of which plotly.js has drawn */
async function openPage(page: Page, name: keyof typeof pages) {
  const frame = await openDashboard(page, 'traces', `?page=${name}`)
  const plots = frame.locator('.js-plotly-plot:has(.main-svg)')
  await expect.poll(() => plots.count()).toBe(pages[name])
  return plots
}

describe('V48: under the policy of dashboards', () => {
  it('one graph of every trace type that plotly.js knows is drawn', async () => {
    const { page } = await signedIn(ACME)
    const shown = new Set<string>()
    let known: readonly string[] = []
    for (const name of ['plain', 'solid', 'fast', 'maps'] as const) {
      const plots = await openPage(page, name)
      for (const type of await typesIn(plots)) shown.add(type)
      known = await typesKnown(plots)
      expect((await plots.allTextContents()).join()).not.toContain('WebGL is not supported')
      // These keep what they have drawn; others draw it once more for a picture.
      if (name === 'fast') {
        await expect.poll(async () => Math.min(...(await paintedPixels(plots)))).toBeGreaterThan(20)
      } else if (name !== 'plain') {
        expect(Math.min(...(await colouredPixels(plots))), name).toBeGreaterThan(20)
      }
    }
    expect(known.length).toBeGreaterThan(40)
    expect([...shown].toSorted()).toEqual(known)
    // Drawn by the processor, which on a busy machine has other things to do.
  }, 300_000)

  it('tables, formulas, stores, scripts, uploads and downloads work', async () => {
    const { page } = await signedIn(ACME)
    const frame = await openDashboard(page, 'traces')
    await frame.locator('#formula mjx-container svg, #formula mjx-container mjx-math').waitFor()
    await frame.locator('#code .hljs-number').waitFor()
    await frame.getByText('sum 3').waitFor()
    await frame.locator('#table-part td', { hasText: '2002' }).waitFor()

    expect(await downloaded(page, frame, 'Download')).toBe('year,paid\n2001,12\n')
    expect(await downloaded(page, frame, 'Export')).toContain('2001,12')

    const file = { name: 'paid.txt', mimeType: 'text/plain', buffer: Buffer.from('figures') }
    await frame.locator('#upload input[type=file]').setInputFiles(file)
    await frame.getByText(`paid.txt: ${Buffer.from('figures').toString('base64').length}`).waitFor()
  })
})

async function downloaded(page: Page, frame: FrameLocator, button: string): Promise<string> {
  const download = page.waitForEvent('download')
  await frame.getByRole('button', { name: button }).click()
  return readFile(await (await download).path(), 'utf8')
}
