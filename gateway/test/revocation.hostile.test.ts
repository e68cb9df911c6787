import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  revocationKinds,
  startRevocationScene,
  type RevocationScene,
  type Trial,
} from './support/revocation-scene.ts'

const trials = Number(process.env['REVOCATION_TRIALS'] ?? 200)
const promisedMs = 2000
const bounds = [10, 25, 50, 100, 250, 500, 1000, promisedMs, Infinity]

let scene: RevocationScene

beforeAll(async () => {
  scene = await startRevocationScene()
}, 120_000)

afterAll(() => scene?.stop())

/** One line for each sort of revocation and of what it ended. */
function histogram(done: readonly Trial[]): string {
  const columns = bounds.map((bound) => `≤${bound}`.padStart(9)).join('')
  const lines = revocationKinds.flatMap((kind) =>
    ['HTTP', 'stream', 'WebSocket'].map((what) => {
      const times = done
        .filter((trial) => trial.kind === kind)
        .flatMap(({ ends }) => ends.filter((end) => end.what === what).map(({ ms }) => ms))
      const counts = bounds.map((bound, index) => {
        const from = bounds[index - 1] ?? -1
        return times.filter((ms) => ms > from && ms <= bound).length
      })
      const cells = counts.map((count) => String(count).padStart(9)).join('')
      return `${`${kind}, ${what}`.padEnd(32)}${cells}   slowest ${Math.max(...times).toFixed(0)}`
    }),
  )
  return [`${'ms'.padEnd(32)}${columns}`, ...lines, ''].join('\n')
}

describe('V28, V29: a revocation', () => {
  it('reaches each of three replicas, their streams and their sockets within 2 s', async () => {
    const done: Trial[] = []
    for (let count = 0; count < trials; count += 1) {
      const kind = revocationKinds[count % revocationKinds.length] ?? 'sign-out'
      done.push(await scene.trial(kind))
    }
    process.stdout.write(histogram(done))
    const slowest = Math.max(...done.flatMap(({ ends }) => ends.map(({ ms }) => ms)))
    expect(slowest).toBeLessThan(promisedMs)
  }, 3_600_000)
})
