import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../test-support/eventually.ts'
import {
  startBareGateway,
  startProcessesScene,
  type ProcessesScene,
} from './support/processes-scene.ts'
import { until } from './support/rotation-scene.ts'
import { signedIn } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

let scene: ProcessesScene
let acme: Visitor
beforeAll(async () => {
  scene = await startProcessesScene()
})
beforeEach(async () => {
  acme = await signedIn('viewer@acme.test')
  await eventually(async () => {
    expect(await scene.askOnce(acme, scene.path('_dash-layout'))).toBe(200)
  })
})
afterAll(() => scene?.stop())

describe('a gateway of two processes', { timeout: 120_000 }, () => {
  it('is ready when both are', async () => {
    expect(await scene.ops('/readyz')).toBe('ok\n')
    expect(await scene.pids()).toHaveLength(2)
  })

  it('ends a session in both at once', async () => {
    const streams = await Promise.all(['one', 'two'].map((name) => scene.hold(acme, name)))
    await acme.submit('/logout', {})
    await eventually(() => expect(streams.map(({ hasEnded }) => hasEnded())).toEqual([true, true]))
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await scene.askOnce(acme, scene.path('_dash-layout'))).toBe(401)
    }
  })

  it('counts what both have answered, each once', async () => {
    const before = await scene.counted()
    for (let turn = 0; turn < 10; turn += 1) await scene.askOnce(acme, scene.path('_dash-layout'))
    await eventually(async () => expect(await scene.counted()).toBe(before + 10))
    expect(await scene.ops('/metrics')).toMatch(/^dashgate_processes_ready 2$/m)
  })

  it('X8: goes on when one is killed, starts it again, and forgets nothing that was counted', async () => {
    const streams = await Promise.all(['three', 'four'].map((name) => scene.hold(acme, name)))
    const [first = 0] = await scene.pids()
    const before = await scene.counted()
    process.kill(first, 'SIGKILL')
    await eventually(() => expect(streams.filter(({ hasEnded }) => hasEnded())).toHaveLength(1))
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await scene.askOnce(acme, scene.path('_dash-layout'))).toBe(200)
    }
    await until(async () => (await scene.pids()).length === 3)
    await eventually(async () => expect(await scene.ops('/readyz')).toBe('ok\n'))
    expect(await scene.log()).toMatch(/a process ended by itself/)
    expect(await scene.counted()).toBeGreaterThanOrEqual(before + 4)
    expect(await scene.ops('/metrics')).toMatch(/^dashgate_process_ends_total 1$/m)
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await scene.askOnce(acme, scene.path('_dash-layout'))).toBe(200)
    }
  })
})

describe('X9: a gateway of two processes that is asked to stop', { timeout: 120_000 }, () => {
  it('leaves nothing running', async () => {
    using gateway = await startBareGateway()
    await gateway.ready()
    expect(gateway.alive()).toHaveLength(2)
    gateway.child.kill('SIGTERM')
    expect(await gateway.exited).toEqual([0, null])
    expect(gateway.alive()).toEqual([])
  })

  it('leaves nothing running when its first process is killed', async () => {
    using gateway = await startBareGateway()
    await gateway.ready()
    gateway.child.kill('SIGKILL')
    await eventually(() => expect(gateway.alive()).toEqual([]))
  })
})

describe('a gateway of two processes that cannot work', { timeout: 120_000 }, () => {
  it('says why and ends', async () => {
    using gateway = await startBareGateway({
      MASTER_KEY: Buffer.from(process.hrtime.bigint().toString().padEnd(32, 'abcdefgh')).toString(
        'base64',
      ),
    })
    const [code] = await gateway.exited
    expect(code).toBe(1)
    expect(gateway.log()).toContain('the gateway ends: a process ended before all were ready')
  })
})
