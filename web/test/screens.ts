import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { buildAssets } from '../build.ts'
import { PAGES } from './pages.ts'
import { startStandInGateway } from './stand-in-gateway.ts'

// Pictures for people to look at: `node web/test/screens.ts <folder> [part of a page's name]`. Every page
// and state of the shell that needs no app, light and dark, on a desktop and the smallest phone.
// `npm run docs:screens` makes those of docs/screens/.

const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } }

const [folder, part = ''] = process.argv.slice(2)
if (folder === undefined) throw new Error('Usage: node web/test/screens.ts <folder> [part]')
await mkdir(folder, { recursive: true })
const gateway = await startStandInGateway(await buildAssets())
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  for (const path of Object.keys(PAGES).filter((name) => name.includes(part))) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const page = await browser.newPage({
          baseURL: gateway.url,
          colorScheme,
          viewport,
          reducedMotion: 'reduce',
        })
        await page.goto(path)
        const name = `${path.slice(1)}.${colorScheme}-${size}.webp`
        await writeFile(join(folder, name), await pictureOf(page))
        console.log(name)
        await page.close()
      }
    }
  }
} finally {
  await browser.close()
  await gateway.close()
}

/** The whole page as WebP, a fifth of the size of a PNG; Playwright's own pictures know no WebP. */
async function pictureOf(page: Page): Promise<Buffer> {
  const client = await page.context().newCDPSession(page)
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: document.documentElement.scrollHeight,
  }))
  const { data } = await client.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 70,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width, height, scale: 1 },
  })
  return Buffer.from(data, 'base64')
}
