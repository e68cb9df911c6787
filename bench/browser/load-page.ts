import { setTimeout as wait } from 'node:timers/promises'
import type { Profile } from './chromium.ts'
import type { Devtools } from './devtools.ts'
import { firstTraceMs, watchForFirstTrace } from './first-trace.ts'

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
/** Nothing more is asked for when nothing was under way for this long. */
const idleMs = 500
const lookEveryMs = 100

function watchNetwork(devtools: Devtools, session: string) {
  const underWay = new Set<unknown>()
  const counted = { bytes: 0, requests: 0, quietSince: performance.now() }
  devtools.listen(session, (method, { requestId, encodedDataLength }) => {
    if (method === 'Network.requestWillBeSent') underWay.add(requestId)
    else if (method === 'Network.loadingFinished') {
      counted.bytes += Number(encodedDataLength)
      // What comes out of the cache has none.
      if (Number(encodedDataLength) > 0) counted.requests += 1
    } else if (method !== 'Network.loadingFailed') return
    if (method !== 'Network.requestWillBeSent') underWay.delete(requestId)
    counted.quietSince = performance.now()
  })
  return {
    counted,
    isIdle: () => underWay.size === 0 && performance.now() - counted.quietSince > idleMs,
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + patienceMs
  while (performance.now() < end) {
    const seen = await look()
    if (seen !== undefined) return seen
    await wait(lookEveryMs)
  }
  throw new Error(`${what} within ${patienceMs / 1000} s`)
}

async function prepare(
  send: (method: string, params?: Record<string, unknown>) => Promise<unknown>,
  network: Network,
  { extraHeaders = {} }: Profile,
): Promise<void> {
  const bytesPerSecond = (network.megabitsPerSecond * 1_000_000) / 8
  await send('Network.enable')
  await send('Network.setExtraHTTPHeaders', { headers: extraHeaders })
  await send('Network.emulateNetworkConditions', {
    offline: false,
    latency: network.latencyMs,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  })
  await send('Emulation.setDeviceMetricsOverride', {
    width: 1440,
    height: 900,
    deviceScaleFactor: 1,
    mobile: false,
  })
  await send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-reduced-motion', value: 'reduce' }],
  })
  await send('Page.enable')
  await send('Page.addScriptToEvaluateOnNewDocument', { source: watchForFirstTrace })
}

/** Loads a page in a new tab: what an earlier one of the same profile left in the cache is there. */
export async function loadPage(
  devtools: Devtools,
  where: { browserContextId: string; profile: Profile; url: string },
  network: Network,
): Promise<PageLoad> {
  const { browserContextId, profile, url } = where
  const target = { url: 'about:blank', browserContextId }
  const { targetId } = await devtools.send('Target.createTarget', target)
  try {
    const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true })
    const session = String(sessionId)
    const send = (method: string, params = {}) => devtools.send(method, params, session)
    await prepare(send, network, profile)
    const { counted, isIdle } = watchNetwork(devtools, session)
    await send('Page.navigate', { url })
    const at = await until('No trace was drawn', async () => {
      const { result } = (await send('Runtime.evaluate', { expression: firstTraceMs })) as {
        result: { value?: number }
      }
      return result.value
    })
    await until('The page did not stop asking', () => Promise.resolve(isIdle() || undefined))
    return { firstTraceMs: at, bytes: counted.bytes, requests: counted.requests }
  } finally {
    await devtools.send('Target.closeTarget', { targetId })
  }
}
