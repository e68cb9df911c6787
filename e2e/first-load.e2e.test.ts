import { cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import type { BrowserContext, Page, Request } from 'playwright-core'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../dev/paths.ts'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import { startOwnApp, type OwnApp } from './support/own-app.ts'
import { dashboardFrame, openDashboard } from './support/shell.ts'

const { signedIn } = useBrowser()
const slug = 'loss-development'
const base = `/dashboard/${slug}/`

/** Addresses within the browser: a picture of a graph is made through one. */
const OWN = /^(?:data|blob):/

/** What a page asked of the network, by path; what came out of the browser's own caches is left out. */
async function asked(context: BrowserContext, work: (page: Page) => Promise<void>) {
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Network.enable')
  const paths = new Map<string, string>()
  const cached = new Set<string>()
  cdp.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!OWN.test(request.url)) paths.set(requestId, new URL(request.url).pathname)
  })
  cdp.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId))
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache === true) cached.add(requestId)
  })
  await work(page)
  await page.close()
  return [...paths].flatMap(([id, path]) => (cached.has(id) ? [] : [path]))
}

const show = async (page: Page) => {
  await page.goto(base)
  await figures(dashboardFrame(page), slug)
}
const isCallback = (path: string) => path.endsWith('/_dash-update-component')
const twice = (paths: readonly string[]) =>
  paths.filter((path, index) => !isCallback(path) && paths.indexOf(path) !== index)

/** Visits until pages name the shared files and announce the late ones, which earlier visits teach. */
async function taught(): Promise<void> {
  let paths: string[] = []
  while (!paths.some((path) => path.startsWith('/_shared/'))) {
    const { context } = await signedIn('viewer@acme.test')
    paths = await asked(context, show)
  }
}

describe('a dashboard that others have opened before', () => {
  beforeEach(taught)

  it('is loaded cold with one request for each file', async () => {
    const { context } = await signedIn('viewer@acme.test')
    const paths = await asked(context, show)
    // The shell and the app's own page have one address.
    expect(twice(paths)).toEqual([base])
    expect(paths.filter((path) => path.endsWith('/plotly.min.js'))).toHaveLength(1)
    expect(paths.filter((path) => path.includes('_dash-component-suites/'))).toEqual(
      paths.filter((path) => path.startsWith('/_shared/')),
    )
  })

  it('is loaded warm with the page, its layout, its dependencies and callbacks alone', async () => {
    const { context } = await signedIn('viewer@acme.test')
    await asked(context, show)
    const paths = await asked(context, show)
    expect(paths.filter((path) => !isCallback(path)).toSorted()).toEqual(
      [base, base, `${base}_dash-dependencies`, `${base}_dash-layout`].toSorted(),
    )
  })

  it('has what its frame asks for under way before the frame can ask', async () => {
    const { context } = await signedIn('viewer@acme.test')
    const page = await context.newPage()
    const first = new Map<string, Request>()
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (!first.has(pathname)) first.set(pathname, request)
    })
    await show(page)
    const late = [...first.values()].find((request) => request.url().endsWith('/plotly.min.js'))
    expect(late?.frame()).toBe(page.mainFrame())
  })
})

describe('an app that is deployed with other bundles', () => {
  const own = 'deployed'
  let folder: string
  let app: OwnApp

  /** A component library of the app's own, of which one script has the page's mark and loads another. */
  async function deploy(mark: string, seconds: number): Promise<void> {
    const bundle = `window.bundle = '${mark}';
      const path = document.currentScript.src.replace(/[^/]*$/, 'async-part.js');
      window.loadPart = () => new Promise((resolve, reject) => {
        const script = document.createElement('script');
        Object.assign(script, { src: path, onload: resolve, onerror: reject });
        document.head.append(script);
      })`
    const files = { 'bundle.js': bundle, 'async-part.js': `window.part = '${mark}'` }
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, 'own_parts', name)
      await writeFile(path, text)
      await utimes(path, seconds, seconds)
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dashgate-deployed-'))
    await cp(join(root, 'e2e', 'apps', own), folder, { recursive: true })
    await deploy('one', 1_000_000_000)
    app = await startOwnApp(own, 'Deployed', 'acme-corp', folder)
  })
  afterAll(async () => {
    await app?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const read = (page: Page, name: string) => page.frames()[1]?.evaluate(`window.${name}`)
  const bundleOf = async (page: Page) => {
    const scripts = await dashboardFrame(page).locator('script[src]').all()
    const urls = await Promise.all(scripts.map((script) => script.getAttribute('src')))
    return urls.find((url) => url?.includes('own_parts/')) ?? ''
  }

  it('is picked up, and no page gets a part of the other build', async () => {
    const { context, page: before } = await signedIn('viewer@acme.test')
    const opened = async (page: Page) => {
      await openDashboard(page, own)
      return bundleOf(page)
    }
    await expect.poll(() => opened(before)).toContain('/_shared/')
    const waiting = await context.newPage()
    expect(await opened(waiting)).toContain('/_shared/')
    await waiting.frames()[1]?.evaluate('loadPart()')

    await deploy('two', 1_100_000_000)
    const after = await context.newPage()
    await expect.poll(() => opened(after)).toContain('/_shared/')
    expect(await bundleOf(after)).not.toBe(await bundleOf(before))
    await after.frames()[1]?.evaluate('loadPart()')
    await before.frames()[1]?.evaluate('loadPart()')
    expect([await read(after, 'bundle'), await read(after, 'part')]).toEqual(['two', 'two'])
    expect([await read(before, 'bundle'), await read(before, 'part')]).toEqual(['one', 'one'])
    expect(await readFile(join(folder, 'own_parts', 'async-part.js'), 'utf8')).toContain('two')
  })
})
