import type { Browser, BrowserContext } from 'playwright-core'
import { launchChromium } from '../../e2e/support/chromium.ts'
import { signIn } from '../../e2e/support/shell.ts'
import { bars, type Bar } from '../bars.ts'
import type { Bench } from '../bench.ts'
import { type Dashboard, startDashboard } from '../browser/dashboard.ts'
import { type Network, type PageLoad, loadPage } from '../browser/load-page.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { median } from '../percentile.ts'
import { figure, inRounds } from '../rounds.ts'

const near: Network = { latencyMs: 40, megabitsPerSecond: 10 }
const far: Network = { latencyMs: 100, megabitsPerSecond: 4 }
/** For whether it works, and not how fast. */
const unthrottled: Network = { latencyMs: 0, megabitsPerSecond: 1000 }

interface Visit {
  readonly cold: PageLoad
  readonly warm: PageLoad
}

interface Round {
  readonly through: Visit
  readonly straight: Visit
}

/** Somebody who was never here, and then comes again. */
async function visit(context: BrowserContext, url: string, network: Network): Promise<Visit> {
  try {
    const cold = await loadPage(context, url, network)
    return { cold, warm: await loadPage(context, url, network) }
  } finally {
    await context.close()
  }
}

/** @param signedIn what the browser of somebody keeps who has signed in but never opened a dashboard */
async function bothWays(
  browser: Browser,
  dashboard: Dashboard,
  signedIn: Awaited<ReturnType<BrowserContext['storageState']>>,
  network: Network,
): Promise<Round> {
  const size = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' as const }
  const extraHTTPHeaders = await dashboard.identityHeaders()
  const through = await browser.newContext({ ...size, storageState: signedIn })
  const straight = await browser.newContext({ ...size, extraHTTPHeaders })
  return {
    through: await visit(through, dashboard.through, network),
    straight: await visit(straight, dashboard.straight, network),
  }
}

async function signedInState(browser: Browser, { publicUrl }: Dashboard) {
  const context = await browser.newContext({ baseURL: publicUrl })
  await signIn(await context.newPage(), 'viewer@acme.test')
  const state = await context.storageState()
  await context.close()
  return state
}

function compare(
  rounds: readonly Round[],
  name: string,
  bar: Bar | undefined,
  of: (visit: Visit) => number,
): Figure {
  const details = {
    through: median(rounds.map(({ through }) => of(through))),
    straight: median(rounds.map(({ straight }) => of(straight))),
  }
  return figure(
    { name, details, ...(bar ? { bar } : {}) },
    rounds.map(({ through, straight }) => of(through) / of(straight)),
  )
}

async function measure(bench: Bench, browser: Browser, dashboard: Dashboard): Promise<Figure[]> {
  const state = await signedInState(browser, dashboard)
  const inNetwork = (network: Network) => () => bothWays(browser, dashboard, state, network)
  // What the gateway and the app do once, they have done then.
  await inNetwork(unthrottled)()
  if (bench.isShort) return []
  const closeBy = await inRounds(bench.rounds, inNetwork(near))
  const farAway = await inRounds(bench.rounds, inNetwork(far))
  const firstTrace = 'first drawn trace ÷ straight'
  return [
    compare(
      closeBy,
      `${firstTrace}, cold, 40 ms, 10 Mbit/s`,
      bars.coldNear,
      ({ cold }) => cold.firstTraceMs,
    ),
    compare(
      farAway,
      `${firstTrace}, cold, 100 ms, 4 Mbit/s`,
      bars.coldFar,
      ({ cold }) => cold.firstTraceMs,
    ),
    compare(
      closeBy,
      `${firstTrace}, warm, 40 ms, 10 Mbit/s`,
      bars.warm,
      ({ warm }) => warm.firstTraceMs,
    ),
    compare(
      farAway,
      `${firstTrace}, warm, 100 ms, 4 Mbit/s`,
      bars.warm,
      ({ warm }) => warm.firstTraceMs,
    ),
    compare(
      closeBy,
      'bytes over the wire ÷ straight, cold',
      bars.coldBytes,
      ({ cold }) => cold.bytes,
    ),
    compare(closeBy, 'requests ÷ straight, cold', undefined, ({ cold }) => cold.requests),
    compare(closeBy, 'requests ÷ straight, warm', undefined, ({ warm }) => warm.requests),
  ]
}

/** How long somebody waits until a dashboard shows something, in a Chromium with a slow network. */
export const firstLoad: Measurement = {
  name: 'first-load',
  async run(bench) {
    const dashboard = await startDashboard(bench)
    try {
      const browser = await launchChromium()
      try {
        return await measure(bench, browser, dashboard)
      } finally {
        await browser.close()
      }
    } finally {
      await dashboard.stop()
    }
  },
}
