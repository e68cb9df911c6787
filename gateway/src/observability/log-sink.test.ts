import { PassThrough, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'
import { createLogSink } from './log-sink.ts'

const line = `${'x'.repeat(99)}\n`

describe('X7: where logs go', () => {
  it('gets every line, in order', () => {
    const stream = new PassThrough()
    const sink = createLogSink(stream)
    for (const text of ['one\n', 'two\n']) sink.write(text)
    sink.flush()
    expect([String(stream.read()), sink.use().dropped]).toEqual(['one\ntwo\n', 0])
  })

  it('is not waited for when nobody reads: so much is kept for later, the rest is counted', () => {
    const stream = new PassThrough({ highWaterMark: 0 })
    const sink = createLogSink(stream, 1000)
    for (let count = 0; count < 50; count += 1) sink.write(line)
    sink.flush()
    expect(stream.writableLength).toBeLessThanOrEqual(1000)
    expect(sink.use().dropped).toBe(40)
  })

  it('gets lines again as soon as somebody reads', async () => {
    const stream = new PassThrough({ highWaterMark: 0 })
    const sink = createLogSink(stream, 1000)
    for (let count = 0; count < 50; count += 1) sink.write(line)
    sink.flush()
    let read = ''
    stream.on('data', (chunk: Buffer) => (read += chunk.toString()))
    while (stream.writableLength > 0) await turn()
    sink.write('after all\n')
    await turn()
    await turn()
    expect(read).toBe(`${line.repeat(10)}after all\n`)
  })

  it('may fail: the lines are counted, and nothing is thrown', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    })
    const sink = createLogSink(stream)
    for (let count = 0; count < 3; count += 1) sink.write(line)
    await turn()
    await turn()
    sink.write(line)
    await turn()
    await turn()
    expect(sink.use().dropped).toBe(4)
  })

  it('gets the lines of one turn in one go, and soon', async () => {
    const chunks: string[] = []
    const stream = new PassThrough({ decodeStrings: false })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    const sink = createLogSink(stream)
    for (const text of ['one\n', 'two\n']) sink.write(text)
    await turn()
    await turn()
    expect(chunks).toEqual(['one\ntwo\n'])
  })

  it('gets one line for each record of the logger', () => {
    const lines: string[] = []
    const logger = createLogger('info', { write: (text) => void lines.push(text) })
    logger.info('two\nlines', { error: new Error('why') })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      message: 'two\nlines',
      error: { message: 'why' },
    })
  })
})
