import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { codings } from '../http/content-coding.ts'
import { createCoder } from './coder.ts'
import { createContentStore, hashOf } from './content-store.ts'

const text = Buffer.from('the same words again and again. '.repeat(500))
const decode = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync }

const memoryDisk = () => {
  const files = new Map<string, Buffer>()
  return {
    files,
    read: (name: string) => Promise.resolve(files.get(name)),
    write: (name: string, bytes: Buffer) => Promise.resolve(void files.set(name, bytes)),
  }
}
const noDisk = { read: () => Promise.resolve(undefined), write: () => Promise.resolve() }
const noCoder = {
  quickly: () => Promise.resolve(undefined),
  thoroughly: () => Promise.resolve(undefined),
}
const coders: ReturnType<typeof createCoder>[] = []
const coder = () => {
  const made = createCoder((cause) => {
    throw cause
  })
  coders.push(made)
  return made
}
afterEach(() => {
  for (const one of coders.splice(0)) one.close()
})

describe('a content', () => {
  it('is there at once as it is, and soon in every coding', async () => {
    const store = createContentStore({ disk: noDisk, coder: coder(), memoryBytes: 1e6 })
    const hash = store.put(text)
    expect((await store.get(hash, ['br', 'identity']))?.coding).toBe('identity')
    for (const coding of codings) {
      const coded = await vi.waitUntil(() => store.get(hash, [coding]), { timeout: 20_000 })
      expect(coded?.bytes.length).toBeLessThan(text.length)
      expect(decode[coding](coded?.bytes ?? '')).toEqual(text)
    }
  })

  it('is first coded soon and then well, under another tag', async () => {
    const wait = Promise.withResolvers<Buffer>()
    const store = createContentStore({
      disk: noDisk,
      coder: {
        quickly: () => Promise.resolve(Buffer.from('quick')),
        thoroughly: () => wait.promise,
      },
      memoryBytes: 1e6,
    })
    const hash = store.put(text)
    const early = await vi.waitUntil(() => store.get(hash, ['br']))
    expect(early?.bytes.toString()).toBe('quick')
    wait.resolve(Buffer.from('best'))
    const late = await vi.waitUntil(async () => {
      const found = await store.get(hash, ['br'])
      return found?.bytes.toString() === 'best' && found
    })
    expect(late && late.etag).not.toBe(early?.etag)
  })

  it('is coded once for all processes that share a disk', async () => {
    const disk = memoryDisk()
    const first = createContentStore({ disk, coder: coder(), memoryBytes: 1e6 })
    const hash = first.put(text)
    await vi.waitUntil(() => disk.files.size === 4, { timeout: 20_000 })
    const second = createContentStore({ disk, coder: noCoder, memoryBytes: 1e6 })
    for (const coding of codings) {
      expect(decode[coding]((await second.get(hash, [coding]))?.bytes ?? '')).toEqual(text)
    }
  })

  it('is sent as it is where it cannot be coded, or is too short for that', async () => {
    const store = createContentStore({ disk: noDisk, coder: noCoder, memoryBytes: 1e6 })
    const hash = store.put(text)
    expect((await store.get(hash, ['br', 'identity']))?.bytes).toEqual(text)
    const ordered: unknown[] = []
    const counting = {
      ...noCoder,
      quickly: (bytes: Buffer) => Promise.resolve(void ordered.push(bytes)),
    }
    createContentStore({ disk: noDisk, coder: counting, memoryBytes: 1e6 }).put(Buffer.from('x'))
    expect(ordered).toEqual([])
  })

  it('is forgotten where there is no room, and no fault', async () => {
    const store = createContentStore({ disk: noDisk, coder: noCoder, memoryBytes: 20_000 })
    const hash = store.put(text)
    store.put(Buffer.concat([text, text]).subarray(0, 19_000))
    expect(await store.get(hash, ['identity'])).toBeUndefined()
    expect(await store.get(hashOf(Buffer.from('never seen')), ['identity'])).toBeUndefined()
  })
})
