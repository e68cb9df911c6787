import { bars } from '../bars.ts'
import type { Measurement } from '../measurement.ts'
import { race } from '../race.ts'
import { figure } from '../rounds.ts'

/** The least that a proxy on Node can cost, so that it shows how much of the gateway's cost is its own. */
const floor = 'Node and undici alone'

/** What the gateway costs the machine for each request, against the least that a proxy can cost. */
export const cpu: Measurement = {
  name: 'cpu',
  async run(bench) {
    const result = await race(bench, ['nginx', 'gateway', floor])
    const nginx = {
      'nginx µs': result.median('cpuPerRequest', 'nginx'),
      'nginx requests/s': result.median('perSecond', 'nginx'),
    }
    const details = {
      'gateway µs': result.median('cpuPerRequest', 'gateway'),
      'gateway requests/s': result.median('perSecond', 'gateway'),
      ...nginx,
    }
    const ofFloor = {
      [`${floor} µs`]: result.median('cpuPerRequest', floor),
      [`${floor} requests/s`]: result.median('perSecond', floor),
      ...nginx,
    }
    return [
      figure(
        { name: 'CPU per request ÷ nginx', bar: bars.cpuToNginx, details },
        result.ratios('cpuPerRequest', 'gateway', 'nginx'),
      ),
      figure(
        { name: `CPU per request of ${floor} ÷ nginx`, details: ofFloor },
        result.ratios('cpuPerRequest', floor, 'nginx'),
      ),
    ]
  },
}
