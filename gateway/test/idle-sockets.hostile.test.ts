import { afterAll, beforeAll, expect, it } from 'vitest'
import { startIdleScene } from './support/idle-scene.ts'

/** Each needs two descriptors in the gateway, and three here. */
const total = Number(process.env['IDLE_SOCKETS'] ?? 5000)

let scene: Awaited<ReturnType<typeof startIdleScene>>

beforeAll(async () => {
  scene = await startIdleScene(total)
}, 120_000)

afterAll(() => scene?.stop())

it('X12: thousands of idle WebSockets: others are served, a revocation closes the right ones, and nothing of them stays', async () => {
  expect(await scene.tell()).toBeUndefined()
}, 600_000)
