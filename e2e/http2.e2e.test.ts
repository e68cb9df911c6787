import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStack, type Stack } from '../dev/stack.ts'
import { ACME } from './support/accounts.ts'
import { launchChromium } from './support/chromium.ts'
import { choose } from './support/dashboards.ts'
import { collectFaults } from './support/faults.ts'
import { openDashboard, signIn } from './support/shell.ts'

const slug = 'claims-monitor'
let directory: string
let stack: Stack
let browser: Browser
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashgate-http2-'))
  stack = await startStack({ directory, isHttps: true, dashApps: [slug] })
  browser = await launchChromium(['--ignore-certificate-errors'])
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  await rm(directory, { recursive: true, force: true })
})

/** How the page, its frame and all that they fetched came, each way once. */
async function protocols(page: Page): Promise<string[]> {
  const used = await Promise.all(
    page.frames().map((frame) =>
      // Whatever came from the browser's own memory went over no connection.
      frame.evaluate<string[]>(`['navigation', 'resource']
        .flatMap((type) => performance.getEntriesByType(type))
        .filter(({ transferSize }) => transferSize > 0)
        .map(({ nextHopProtocol }) => nextHopProtocol)`),
    ),
  )
  return [...new Set(used.flat())]
}

/** Dash opens it in a worker, where Playwright does not see it. */
async function openSockets(): Promise<string[]> {
  const metrics = await (await fetch(`${stack.info.opsUrl}/metrics`)).text()
  return metrics.match(/^dashgate_websockets_open\{.*$/gm) ?? []
}

describe('a gateway with TLS of its own, in Chromium', () => {
  it('signs in and shows a dashboard over HTTP/2, its WebSocket over HTTP/1.1 beside it', async () => {
    const context = await browser.newContext({ baseURL: stack.info.publicUrl })
    context.setDefaultTimeout(60_000)
    const faults = collectFaults(context)
    const page = await context.newPage()
    const callbacks: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('_dash-update-component')) callbacks.push(request.url())
    })
    await signIn(page, ACME)
    const frame = await openDashboard(page, slug)
    const curve = frame.locator('#pattern .scatterlayer .trace path.js-line').first()
    await curve.waitFor({ state: 'attached' })
    const before = await curve.getAttribute('d')
    await choose(frame, 'line-of-business', 'Other liability')
    await expect.poll(() => curve.getAttribute('d')).not.toBe(before)

    expect(await protocols(page)).toEqual(['h2'])
    expect(await openSockets()).toEqual([expect.stringMatching(/dashboard="claims-monitor".* 1$/)])
    expect(callbacks).toEqual([])
    const cookies = await context.cookies(stack.info.publicUrl)
    expect(cookies).toContainEqual(
      expect.objectContaining({ name: '__Host-Http-session', secure: true, httpOnly: true }),
    )
    expect(faults).toEqual([])
    await context.close()
  })
})
