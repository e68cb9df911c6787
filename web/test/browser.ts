import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { buildAssets, type Built } from '../build.ts'
import { startStandInGateway } from './stand-in-gateway.ts'

type Gateway = Awaited<ReturnType<typeof startStandInGateway>>

/** One Chromium for a file; a gateway and an empty profile for each test. A breach of the policy fails the test. */
export function useBrowser() {
  let browser: Browser
  let built: Built
  let gateway: Gateway
  let context: BrowserContext | undefined
  let breaches: string[] = []

  beforeAll(async () => {
    built = await buildAssets()
    browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    breaches = []
    gateway = await startStandInGateway(built)
  })
  afterEach(async () => {
    const [used, serving] = [context, gateway]
    // First of all, so that nothing of this test is in the next one, whatever happens here.
    context = undefined
    if (used) await closed(used)
    await serving.close()
    if (breaches.length > 0) throw new Error(breaches.join('\n'))
  })

  return {
    /** The situation, to be changed. */
    now: () => gateway.now,
    /** A new tab; all tabs of a test share the profile that the first one made. */
    async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      context ??= await browser.newContext({ baseURL: gateway.url, ...options })
      context.setDefaultTimeout(20_000)
      const page = await context.newPage()
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) breaches.push(message.text())
      })
      await page.goto(path, { waitUntil: 'commit' })
      return page
    },
  }
}

/**
 * Chromium never answers when it is told to drop a profile in which a page is just being replaced by
 * another, and at the end of a test some are: they are all taken to nowhere first.
 */
async function closed(context: BrowserContext): Promise<void> {
  const leaving = context.pages().map((page) => page.goto('about:blank').catch(() => undefined))
  await Promise.all(leaving)
  await context.close()
}
