import { describe, expect, it, vi } from 'vitest'
import { begun, exactly } from './exact-stream.ts'

async function* chunksOf(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size)
}

const passed = async (chunks: AsyncIterable<Uint8Array>) => {
  let size = 0
  for await (const chunk of chunks) size += chunk.length
  return size
}
const options = { stallMs: 60_000, giveUp: () => {} }

describe('a stream of exactly so many bytes', () => {
  it('passes on what fits', async () => {
    expect(await passed(exactly(chunksOf(3, 0, 4), 7, options))).toBe(7)
    expect(await passed(exactly(chunksOf(), 0, options))).toBe(0)
  })

  it.each([
    ['ends early', [3]],
    ['gives nothing', []],
    ['gives too much', [3, 5]],
  ])('fails when the source %s', async (_, sizes) => {
    await expect(passed(exactly(chunksOf(...sizes), 7, options))).rejects.toThrow(/ 7 bytes/)
  })

  it('fails when the source falls silent, whether or not that source can be ended', async () => {
    const next = vi.fn<() => Promise<never>>(() => new Promise(() => {}))
    const silent: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next }) }
    const giveUp = vi.fn<() => void>()
    await expect(passed(exactly(silent, 7, { stallMs: 1, giveUp }))).rejects.toThrow('nothing')
    expect(giveUp).toHaveBeenCalled()
  })

  it('takes no more from the source than its reader has asked for', async () => {
    let pulled = 0
    const source = (async function* () {
      for (;;) {
        pulled += 1
        yield new Uint8Array(1000)
      }
    })()
    const reader = ReadableStream.from(exactly(source, 1_000_000, options)).getReader()
    await reader.read()
    await reader.read()
    expect(pulled).toBeLessThanOrEqual(3)
    await reader.cancel()
  })

  it('ends the source when its reader goes away', async () => {
    const giveUp = vi.fn<() => void>()
    const source = chunksOf(1, 1, 1)
    const reader = ReadableStream.from(exactly(source, 3, { stallMs: 60_000, giveUp })).getReader()
    await reader.read()
    await reader.cancel()
    expect(giveUp).toHaveBeenCalled()
    expect(await source.next()).toMatchObject({ done: true })
  })
})

describe('a stream that has begun', () => {
  it('is the same stream', async () => {
    expect(await passed(await begun(exactly(chunksOf(3, 4), 7, options)))).toBe(7)
    expect(await passed(await begun(exactly(chunksOf(), 0, options)))).toBe(0)
  })

  it('never begins when there is no first chunk', async () => {
    await expect(begun(exactly(chunksOf(), 7, options))).rejects.toThrow('0 of 7 bytes')
  })

  it('ends its source when its reader goes away', async () => {
    const giveUp = vi.fn<() => void>()
    const bytes = await begun(exactly(chunksOf(1, 1, 1), 3, { stallMs: 60_000, giveUp }))
    await bytes.next()
    await bytes.return(undefined)
    expect(giveUp).toHaveBeenCalled()
  })
})
