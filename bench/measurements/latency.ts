import { bars } from '../bars.ts'
import { assertAnswers } from '../bench.ts'
import { sendLoad } from '../load/wrk.ts'
import type { Measurement } from '../measurement.ts'
import { median } from '../percentile.ts'
import { figure, inRounds } from '../rounds.ts'

const connections = 32

/** What the slowest of a hundred requests waits longer for, where half of what can be done is asked. */
export const latency: Measurement = {
  name: 'latency',
  async run(bench) {
    const gateway = await bench.contestant('gateway')
    const straight = await bench.contestant('straight')
    const seconds = bench.isShort ? 1 : 5
    const most = await sendLoad({ ...gateway, connections, seconds })
    const rate = most.requests / most.seconds / 2
    const rounds = await inRounds(bench.rounds, async () => {
      const [through, direct] = [
        await sendLoad({ ...gateway, connections, seconds, rate }),
        await sendLoad({ ...straight, connections, seconds, rate }),
      ]
      return { through, direct }
    })
    await assertAnswers(gateway)
    const of = (who: 'through' | 'direct', what: 'p50' | 'p99') =>
      median(rounds.map((round) => round[who][what]))
    const details = {
      'asked requests/s': rate,
      'gateway p50 ms': of('through', 'p50'),
      'gateway p99 ms': of('through', 'p99'),
      'straight p50 ms': of('direct', 'p50'),
      'straight p99 ms': of('direct', 'p99'),
      'sent requests/s': median(rounds.map(({ through }) => through.requests / through.seconds)),
    }
    const name = 'p99 at half of saturation − straight'
    return [
      figure(
        { name, unit: 'ms', bar: bars.addedP99Milliseconds, details },
        rounds.map(({ through, direct }) => through.p99 - direct.p99),
      ),
    ]
  },
}
