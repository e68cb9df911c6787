import { afterAll, beforeAll, expect, it } from 'vitest'
import { startIdleScene } from './support/idle-scene.ts'

const total = 200

let scene: Awaited<ReturnType<typeof startIdleScene>>

beforeAll(async () => {
  scene = await startIdleScene(total)
}, 120_000)

afterAll(() => scene?.stop())

it('X12: two hundred idle WebSockets: others are served, a revocation closes the right ones, and nothing of them stays', async () => {
  expect(await scene.tell()).toBeUndefined()
}, 120_000)
