import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from '../../dev/paths.ts'
import { bars } from '../bars.ts'
import { assertAnswers, type Bench, type Contestant } from '../bench.ts'
import { type FreshOptions, withGateway } from '../gateways.ts'
import { sendLoad } from '../load/wrk.ts'
import type { Measurement } from '../measurement.ts'
import { median } from '../percentile.ts'
import { cpuSecondsEach } from '../processes.ts'
import { figure, inRounds } from '../rounds.ts'

const setting = 'GATEWAY_PROCESSES'
const name = 'requests/s of two processes ÷ one'
const connections = 64

/** Four cores have room for two processes, the load and the app; fewer have not. */
const isRoomy = availableParallelism() >= 4

const isKnown = () => readFileSync(join(root, 'docs', 'configuration.md'), 'utf8').includes(setting)

interface Rate {
  readonly perSecond: number
  /** Requests a second at which the busiest of the processes would fill its core. */
  readonly capacity: number
}

async function rateOf(bench: Bench, client: Contestant, options: FreshOptions): Promise<Rate> {
  return withGateway(bench, options, async ({ url, pid }) => {
    const one = { ...client, url: url + new URL(client.url).pathname }
    const seconds = bench.isShort ? 1 : 4
    await assertAnswers(one)
    await sendLoad({ ...one, connections, seconds })
    const before = cpuSecondsEach(pid)
    const { requests, seconds: taken } = await sendLoad({ ...one, connections, seconds })
    const used = [...cpuSecondsEach(pid)].map(([id, after]) => after - (before.get(id) ?? 0))
    await assertAnswers(one)
    return { perSecond: requests / taken, capacity: requests / Math.max(...used) }
  })
}

/**
 * What a second process is worth. On two cores, load and app take from both what the gateway could
 * use: there the figure is what two could do if each had a core, judged by the busier one.
 */
export const processes: Measurement = {
  name: 'processes',
  async run(bench) {
    if (!isKnown()) {
      const details = { why: `there is no ${setting} yet` }
      return [{ name, unit: '', value: undefined, rounds: [], bar: bars.twoProcesses, details }]
    }
    const client = await bench.contestant('gateway')
    const rounds = await inRounds(bench.rounds, async () => ({
      one: await rateOf(bench, client, {}),
      two: await rateOf(bench, client, { environment: { [setting]: '2' }, cores: 'all' }),
    }))
    const judged = isRoomy ? 'perSecond' : 'capacity'
    const details = {
      'requests/s of one': median(rounds.map(({ one }) => one.perSecond)),
      'requests/s of two': median(rounds.map(({ two }) => two.perSecond)),
      'ratio as measured': median(rounds.map(({ one, two }) => two.perSecond / one.perSecond)),
      judged: isRoomy ? 'as measured' : 'by CPU of the busier one, since the load takes its part',
    }
    const ratios = rounds.map(({ one, two }) => two[judged] / one[judged])
    return [figure({ name, bar: bars.twoProcesses, details }, ratios)]
  },
}
