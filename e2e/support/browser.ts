import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { launchChromium } from './chromium.ts'
import { collectFaults } from './faults.ts'
import { signIn } from './shell.ts'
import { stack } from './stack.ts'

/** One person's browser: tabs of it share cookies, those of two do not. */
export interface Person {
  readonly context: BrowserContext
  tab(): Promise<Page>
  /** Faults that the test is about; any other fails it. */
  expectFaults(...patterns: RegExp[]): void
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

/** One Chromium for a file. Whatever went wrong in a tab and was not announced fails the test. */
export function useBrowser(chromium: { args?: readonly string[] } = {}) {
  let browser: Browser
  let open: { context: BrowserContext; faults: string[]; expected: RegExp[] }[] = []

  beforeAll(async () => {
    browser = await launchChromium(chromium.args)
  })
  afterAll(() => browser.close())
  afterEach(async () => {
    const all = open
    open = []
    // Before the pages are left: what happens then is not the test's.
    const unexpected = all.flatMap(({ faults, expected }) =>
      faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
    )
    for (const { context } of all) await closed(context)
    expect(unexpected).toEqual([])
  })

  async function person(options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({
      baseURL: stack.publicUrl,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    })
    context.setDefaultTimeout(60_000)
    // The shell announces scripts, which a browser without scripts does not fetch; it calls that a policy.
    const expected = options.javaScriptEnabled === false ? [/^request: csp \S+\/_shared\//] : []
    open.push({ context, faults: collectFaults(context), expected })
    return {
      context,
      tab: () => context.newPage(),
      expectFaults: (...patterns) => void expected.push(...patterns),
    }
  }

  return {
    person,
    /** Signed in, on the page that sign-in led to. */
    async signedIn(login: string, path = '/'): Promise<Person & { page: Page }> {
      const one = await person()
      const page = await one.tab()
      await signIn(page, login, path)
      return { ...one, page }
    },
  }
}
