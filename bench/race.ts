import { setTimeout as wait } from 'node:timers/promises'
import { assertAnswers, type Bench, type Contestant, type ContestantName } from './bench.ts'
import { sendLoad } from './load/wrk.ts'
import { median } from './percentile.ts'
import { cpuSeconds } from './processes.ts'
import { inRounds } from './rounds.ts'

/** How somebody did in one round. */
export interface Lap {
  readonly perSecond: number
  /** Of its own CPU time, in microseconds. */
  readonly cpuPerRequest: number
}

export interface Race {
  /** Of each round: the first's value divided by the second's. */
  ratios(of: keyof Lap, first: ContestantName, second: ContestantName): number[]
  median(of: keyof Lap, name: ContestantName): number
}

const connections = 32

/** As many requests as each of them answers, one after the other, in turns. */
export async function race(bench: Bench, names: readonly ContestantName[]): Promise<Race> {
  const contestants: Contestant[] = []
  for (const name of names) contestants.push(await bench.contestant(name))
  const seconds = bench.isShort ? 1 : 4
  for (const one of contestants) await warmUp(one, bench.isShort)
  const laps = await inRounds(bench.rounds, async (round) => {
    const lap = new Map<string, Lap>()
    // Whatever the machine does more and more of shall not always meet the same one.
    const order = round % 2 === 0 ? contestants : contestants.toReversed()
    for (const one of order) lap.set(one.name, await lapOf(one, seconds))
    return lap
  })
  bench.parts.check()
  const values = (of: keyof Lap, name: string) =>
    laps.map((lap) => lap.get(name)?.[of] ?? Number.NaN)
  return {
    ratios(of, first, second) {
      const divisors = values(of, second)
      return values(of, first).map((value, round) => value / (divisors[round] ?? Number.NaN))
    },
    median: (of, name) => median(values(of, name)),
  }
}

/**
 * A process of Node is compiled while it works: after 20,000 requests compiling still took a quarter
 * of the gateway's CPU (measured).
 */
const warmRequests = 60_000
const mostWarmSeconds = 20

export async function warmUp(one: Contestant, isShort: boolean): Promise<void> {
  const wanted = isShort ? 1 : warmRequests
  let sent = 0
  const end = performance.now() + mostWarmSeconds * 1000
  do sent += (await sendLoad({ ...one, connections, seconds: 1 })).requests
  while (sent < wanted && performance.now() < end)
}

async function lapOf(one: Contestant, seconds: number): Promise<Lap> {
  await assertAnswers(one)
  const before = cpuSeconds(one.pid)
  const { requests, seconds: taken } = await sendLoad({ ...one, connections, seconds })
  // What is left to do of the last requests, their lines of the log for instance, is theirs too.
  await wait(200)
  const used = cpuSeconds(one.pid) - before
  await assertAnswers(one)
  return { perSecond: requests / taken, cpuPerRequest: (used / requests) * 1e6 }
}
