import { bars } from '../bars.ts'
import type { Measurement } from '../measurement.ts'
import { race } from '../race.ts'
import { figure } from '../rounds.ts'

/** What the gateway costs the machine for each request, against the least that a proxy can cost. */
export const cpu: Measurement = {
  name: 'cpu',
  async run(bench) {
    const result = await race(bench, ['nginx', 'gateway'])
    const details = {
      'gateway µs': result.median('cpuPerRequest', 'gateway'),
      'nginx µs': result.median('cpuPerRequest', 'nginx'),
      'gateway requests/s': result.median('perSecond', 'gateway'),
      'nginx requests/s': result.median('perSecond', 'nginx'),
    }
    const ratios = result.ratios('cpuPerRequest', 'gateway', 'nginx')
    return [figure({ name: 'CPU per request ÷ nginx', bar: bars.cpuToNginx, details }, ratios)]
  },
}
