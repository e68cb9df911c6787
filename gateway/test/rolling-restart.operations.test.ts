import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBalancedScene, type BalancedScene } from './support/balanced-scene.ts'
import { openReturningSockets } from './support/returning-sockets.ts'
import { startSteadyLoad } from './support/steady-load.ts'

/** Begun in a second; a machine that cannot has fewer, and the printed line says how many. */
const rate = Number(process.env['OPERATIONS_RATE'] ?? 500)
const socketCount = Number(process.env['OPERATIONS_SOCKETS'] ?? 150)

let scene: BalancedScene
beforeAll(async () => {
  scene = await startBalancedScene()
}, 120_000)
afterAll(() => scene?.stop())

it('X9: a rolling restart of all replicas under load loses no request, and every WebSocket is back', async () => {
  const visitors = await scene.people()
  const { url, base } = scene
  const sockets = await openReturningSockets({ url, visitors, base, count: socketCount })
  const load = startSteadyLoad({ url, visitors, base, rate })
  await load.goesOn(rate)
  for (const { part } of scene.replicas) {
    await part.stop()
    await part.start()
    // The balancer has seen it before the next one goes.
    await load.goesOn(2 * rate)
    await expect
      .poll(() => [...load.lost, ...sockets.lost, sockets.open()], { timeout: 60_000 })
      .toEqual([socketCount])
  }
  await load.goesOn(rate)
  const figures = await load.stop()
  const slowestMs = Math.max(0, ...sockets.awayMs)
  process.stdout.write(
    [
      `Rolling restart of three replicas: ${figures.requests} requests at ${figures.rate.toFixed(0)} a second`,
      `(wanted ${rate}), ${load.lost.length} lost; ${sockets.codes.length} WebSockets closed (codes ${[...new Set(sockets.codes)].join(', ')}),`,
      `${sockets.lost.length} lost, the slowest back after ${(slowestMs / 1000).toFixed(1)} s (promised: 15).\n`,
    ].join(' '),
  )
  expect(load.lost).toEqual([])
  expect(sockets.lost).toEqual([])
  // Each was told, none was cut off; and all were closed at least once.
  expect(new Set(sockets.codes)).toEqual(new Set([1001]))
  expect(sockets.codes.length).toBeGreaterThanOrEqual(socketCount)
  expect(sockets.open()).toBe(socketCount)
  expect(scene.crashes).toEqual([])
  sockets.close()
})
