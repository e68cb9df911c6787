import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLoki } from '../test-support/loki-receiver.ts'
import { startBareGateway } from './support/processes-scene.ts'
import { eventually } from './support/stack.ts'

let loki: Awaited<ReturnType<typeof startLoki>>
let gateway: Awaited<ReturnType<typeof startBareGateway>>

beforeAll(async () => {
  loki = await startLoki()
  gateway = await startBareGateway({
    GATEWAY_PROCESSES: '1',
    LOKI_URL: loki.url,
    LOKI_LABELS: 'env=test',
  })
  await gateway.ready()
})
afterAll(async () => {
  if (gateway.child.exitCode === null) {
    gateway.child.kill('SIGKILL')
    await once(gateway.child, 'exit')
  }
  await loki[Symbol.asyncDispose]()
})

describe('a gateway that has a Loki', () => {
  it('sends it the lines that it writes, and the last ones before it ends', async () => {
    await eventually(
      async () => loki.taken.map(({ line }) => JSON.parse(line) as { message: string }),
      (lines) => lines.some(({ message }) => message === 'ready'),
    )
    gateway.child.kill('SIGTERM')
    expect((await gateway.exited)[0]).toBe(0)
    const written = gateway.log().split('\n').filter(Boolean)
    const sent = new Set(loki.taken.map(({ line }) => line))
    expect(written.filter((line) => !sent.has(line))).toEqual([])
    expect(written.at(-1)).toContain('stopping')
    expect(loki.taken.every(({ labels }) => labels.includes('env="test"'))).toBe(true)
  })
})
