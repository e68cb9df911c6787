import type { ContestantName } from '../bench.ts'
import { bars } from '../bars.ts'
import type { Measurement } from '../measurement.ts'
import { race } from '../race.ts'
import { figure } from '../rounds.ts'

const peers: readonly ContestantName[] = [
  'straight',
  'nginx',
  'configurable-http-proxy',
  'http-proxy-middleware',
  'Hono proxy helper',
]

/** Requests a second of one process, against proxies that check, log and count nothing. */
export const throughput: Measurement = {
  name: 'throughput',
  async run(bench) {
    const result = await race(bench, ['gateway', ...peers])
    const own = {
      'gateway requests/s': result.median('perSecond', 'gateway'),
      'gateway µs CPU': result.median('cpuPerRequest', 'gateway'),
    }
    return peers.map((peer) => {
      const details = {
        ...own,
        [`${peer} requests/s`]: result.median('perSecond', peer),
        [`${peer} µs CPU`]: result.median('cpuPerRequest', peer),
      }
      const name = `requests/s of one process ÷ ${peer}`
      const bar = peer === 'configurable-http-proxy' ? { bar: bars.rateToChp } : {}
      return figure({ name, details, ...bar }, result.ratios('perSecond', 'gateway', peer))
    })
  },
}
