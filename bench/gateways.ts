import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startGateways, type Replica } from '../gateway/test/support/replicas.ts'
import { type Bench, wideLimits } from './bench.ts'
import { pin } from './machine.ts'
import { memoryOf } from './processes.ts'

export interface FreshGateway {
  readonly url: string
  readonly pid: number
  /** From the start of its process until it was ready. */
  readonly startSeconds: number
}

export interface FreshOptions {
  /** Over the settings of the stack. */
  readonly environment?: Readonly<Record<string, string>>
  /** One core, as in all other measurements, or whatever the machine has. */
  readonly cores?: 'one' | 'all'
}

/** Does the work with a gateway that has done nothing before, and ends it. */
export async function withGateway<T>(
  bench: Bench,
  { environment = {}, cores = 'one' }: FreshOptions,
  work: (gateway: FreshGateway) => Promise<T>,
): Promise<T> {
  const stack = await bench.stack()
  const from = performance.now()
  const gateways = await startGateways(1, {
    environment: { ...stack.gatewayEnvironment, ...wideLimits, ...environment },
    logs: join(bench.directory, 'logs'),
  })
  const startSeconds = (performance.now() - from) / 1000
  const { url, part } = gateways.replicas[0] as Replica
  try {
    if (cores === 'one') await pin(part.pid, 'subject')
    const result = await work({ url, pid: part.pid ?? 0, startSeconds })
    if (gateways.crashes[0]) throw gateways.crashes[0]
    return result
  } finally {
    await gateways.stop()
  }
}

/** What a process holds in memory once that has not grown or shrunk by a hundredth for a second. */
export async function settledMemory(pid: number): Promise<number> {
  let before = memoryOf(pid).now
  for (let tries = 0; tries < 15; tries += 1) {
    await wait(1000)
    const { now } = memoryOf(pid)
    if (Math.abs(now - before) < before / 100) return now
    before = now
  }
  return before
}
