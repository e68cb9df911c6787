import { bars, type Bar } from '../bars.ts'
import type { Bench } from '../bench.ts'
import { type Chromium, type Profile, startChromium } from '../browser/chromium.ts'
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
function visit(
  chromium: Chromium,
  url: string,
  profile: Profile,
  network: Network,
): Promise<Visit> {
  return chromium.withProfile(profile, async (browserContextId) => {
    const load = () => loadPage(chromium.devtools, { browserContextId, profile, url }, network)
    return { cold: await load(), warm: await load() }
  })
}

async function bothWays(
  chromium: Chromium,
  dashboard: Dashboard,
  network: Network,
): Promise<Round> {
  const extraHeaders = await dashboard.identityHeaders()
  const { cookies, through, straight } = dashboard
  return {
    through: await visit(chromium, through, { cookies }, network),
    straight: await visit(chromium, straight, { extraHeaders }, network),
  }
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

async function measure(bench: Bench, chromium: Chromium, dashboard: Dashboard): Promise<Figure[]> {
  const inNetwork = (network: Network) => () => bothWays(chromium, dashboard, network)
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
      const chromium = await startChromium(bench)
      try {
        return await measure(bench, chromium, dashboard)
      } finally {
        await chromium.stop()
      }
    } finally {
      await dashboard.stop()
    }
  },
}
