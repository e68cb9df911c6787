import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again until the answer is yes; false when the time is over or `signal` says so. */
export async function waitUntil(
  ask: () => boolean | Promise<boolean>,
  options: { withinMs: number; everyMs?: number; signal?: AbortSignal },
): Promise<boolean> {
  const end = Date.now() + options.withinMs
  while (!options.signal?.aborted && Date.now() < end) {
    if (await ask()) return true
    await delay(options.everyMs ?? 50)
  }
  return false
}

/** Whether the address answers 200; a refused or slow connection is a no. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' })
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}
