import type { BrowserContext, CDPSession } from 'playwright-core'
import { firstTraceIn } from './first-trace.ts'

export interface Network {
  readonly latencyMs: number
  readonly megabitsPerSecond: number
}

export interface PageLoad {
  /** From the start of the navigation. */
  readonly firstTraceMs: number
  /** Over the wire, header sections included, until nothing more was asked for. */
  readonly bytes: number
  /** That the cache could not answer. */
  readonly requests: number
}

const patienceMs = 120_000

async function throttle(session: CDPSession, network: Network): Promise<void> {
  const bytesPerSecond = (network.megabitsPerSecond * 1_000_000) / 8
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: network.latencyMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  })
}

function countBytes(session: CDPSession) {
  const counted = { bytes: 0, requests: 0 }
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    counted.bytes += encodedDataLength
    // What comes out of the cache has none.
    if (encodedDataLength > 0) counted.requests += 1
  })
  return counted
}

/** Loads a page in a new tab: what an earlier one of the same context left in the cache is there. */
export async function loadPage(
  context: BrowserContext,
  url: string,
  network: Network,
): Promise<PageLoad> {
  const page = await context.newPage()
  try {
    const session = await context.newCDPSession(page)
    await throttle(session, network)
    const counted = countBytes(session)
    const [at] = await Promise.all([
      firstTraceIn(page, patienceMs),
      page.goto(url, { timeout: patienceMs }),
    ])
    const begun = await page.evaluate(() => performance.timeOrigin)
    await page.waitForLoadState('networkidle', { timeout: patienceMs })
    return { firstTraceMs: at - begun, ...counted }
  } finally {
    await page.close()
  }
}
