import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startLoki } from '../../test-support/loki-receiver.ts'
import { createLokiSink, type LokiOptions } from './loki.ts'

let loki: Awaited<ReturnType<typeof startLoki>>
const sinks: ReturnType<typeof createLokiSink>[] = []

beforeEach(async () => {
  loki = await startLoki()
})
afterEach(async () => {
  await Promise.all(sinks.splice(0).map((sink) => sink.close(0)))
  await loki[Symbol.asyncDispose]()
})

function sinkFor(changes: Partial<LokiOptions> = {}) {
  const sink = createLokiSink({
    url: loki.url,
    labels: { env: 'test' },
    format: 'protobuf',
    queueBytes: 1024 * 1024,
    pauseMs: () => 10,
    ...changes,
  })
  sinks.push(sink)
  return sink
}

const until = (isSo: () => boolean) =>
  vi.waitFor(
    () => {
      if (!isSo()) throw new Error('not yet')
    },
    { timeout: 20_000, interval: 20 },
  )

const text = (index: number) => JSON.stringify({ message: 'request', index, note: 'ä"\\ \u2028' })

describe.each(['protobuf', 'json'] as const)('Loki, by %s,', (format) => {
  it('gets every line as it was written, with its time and few labels', async () => {
    const sink = sinkFor({ format, orgId: 'us', basicAuth: 'me:secret' })
    // Times of another moment than that of sending.
    for (let index = 0; index < 500; index += 1)
      sink.write(text(index), 'info', 1_800_000_000_123 + index)
    sink.write(text(500), 'warn', 1_800_000_000_999)
    await until(() => loki.taken.length === 501)
    const infos = loki.taken.filter(({ labels }) => labels.includes('level="info"'))
    expect(infos).toEqual(
      Array.from({ length: 500 }, (_, index) => ({
        labels: expect.stringMatching(/^\{[^{}]*job="dashgate"[^{}]*env="test"[^{}]*\}$/) as string,
        atMs: 1_800_000_000_123 + index,
        line: text(index),
      })),
    )
    expect(new Set(loki.taken.map(({ labels }) => labels)).size).toBe(2)
    const { headers, url } = loki.requests[0] ?? {}
    expect(url).toBe('/loki/api/v1/push')
    expect(headers).toMatchObject({
      'content-type': format === 'json' ? 'application/json' : 'application/x-protobuf',
      'x-scope-orgid': 'us',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    })
    await until(() => sink.use().written === 501)
    expect(sink.use()).toEqual({ written: 501, dropped: 0, waitingBytes: 0 })
  })
})

describe('X7: when Loki', () => {
  const fill = (sink: ReturnType<typeof createLokiSink>, count = 2000) => {
    for (let index = 0; index < count; index += 1) sink.write('x'.repeat(900), 'info', index)
  }

  it('is not there, so much is kept for it, the rest is dropped and counted', async () => {
    const faults: unknown[] = []
    await loki[Symbol.asyncDispose]()
    const sink = sinkFor({ queueBytes: 200_000, onFault: (error) => faults.push(error) })
    fill(sink)
    expect(sink.use()).toEqual({ written: 0, dropped: 1800, waitingBytes: 200_000 })
    await until(() => faults.length > 0)
    expect(sink.use()).toEqual({ written: 0, dropped: 1800, waitingBytes: 200_000 })
    await sink.close(5000)
    expect(sink.use().dropped).toBe(2000)
  })

  it.each([
    ['never answers', () => {}],
    ['answers byte by byte for ever', drip],
    ['answers without end', flood],
    ['fails', (response) => void response.writeHead(500).end('<html>')],
    ['has too much to do', (response) => void response.writeHead(429).end()],
    ['hangs up', (response) => void response.destroy()],
  ] as readonly (readonly [string, NonNullable<Parameters<typeof loki.answerWith>[0]>])[])(
    '%s, nothing is lost once it does its work again',
    async (_, answer) => {
      loki.answerWith(answer)
      const told: string[] = []
      const sink = sinkFor({
        patienceMs: 300,
        onFault: () => told.push('fault'),
        onRecovery: () => told.push('recovery'),
      })
      fill(sink, 100)
      await until(() => loki.requests.length > 2)
      expect(sink.use()).toMatchObject({ written: 0, dropped: 0 })
      loki.answerWith(undefined)
      await until(() => sink.use().written === 100)
      expect(sink.use()).toEqual({ written: 100, dropped: 0, waitingBytes: 0 })
      expect(told).toEqual(['fault', 'recovery'])
    },
  )

  it('refuses lines for good, they are given up, and those after them go on', async () => {
    loki.answerWith((response) => void response.writeHead(400).end('entry too far behind'))
    const sink = sinkFor()
    fill(sink, 10)
    await until(() => sink.use().dropped === 10)
    loki.answerWith(undefined)
    fill(sink, 10)
    await until(() => sink.use().written === 10)
    expect(loki.taken).toHaveLength(10)
  })

  it('is to get the last lines of a process, they are sent before it ends', async () => {
    const sink = sinkFor()
    fill(sink, 10)
    await sink.close(20_000)
    expect([loki.taken.length, sink.use().dropped]).toEqual([10, 0])
  })
})

type Response = Parameters<NonNullable<Parameters<typeof loki.answerWith>[0]>>[0]

function drip(response: Response): void {
  const timer = setInterval(() => response.write('.'), 20)
  response.on('close', () => clearInterval(timer))
}

function flood(response: Response): void {
  const pour = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  }
  response.on('drain', pour)
  pour()
}
