import { createHash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { eventually } from '../../test-support/eventually.ts'
import { startBlobPlace } from '../../test-support/blob-place.ts'
import { corpusLines } from '../../test-support/corpus.ts'
import { startFolderPlace } from '../../test-support/folder-place.ts'
import type { StoragePlace } from '../../test-support/storage-place.ts'
import { storageLimits, type FileStorage, type OpenOptions } from './file-storage.ts'

const kinds: [string, () => Promise<StoragePlace>][] = [
  ['Azure Blob Storage', () => startBlobPlace(inject('blobConnectionString'))],
  ['a local folder', startFolderPlace],
]
const file = 'acme-corp/triangles.parquet'
const content = randomBytes(300_000)
/** More than fits into all the buffers on the way. */
const largeFile = 'acme-corp/large.parquet'
const large = randomBytes(24 * 1024 * 1024)

describe.each(kinds)('%s', (_, start) => {
  let place: StoragePlace
  let storage: FileStorage

  beforeAll(async () => {
    place = await start()
    storage = place.storage()
    await place.put(file, content)
    await place.put(largeFile, large)
    await place.put('acme-corp/empty.parquet', Buffer.alloc(0))
    await place.put('acme-corp/notes.txt', Buffer.from('no dataset, yet a file'))
    await place.put('acme-corp/old/triangles.parquet', Buffer.from('in a folder'))
    await place.put('acme/triangles.parquet', Buffer.from('its folder begins the same'))
    await place.put('globex/secret.parquet', Buffer.from('canary'))
  })
  afterEach(async () => {
    place.fault('none')
    await place.back()
    await eventually(() => expect(place.held()).toBe(0))
  })
  afterAll(() => place?.close())

  const found = async (path = file) => {
    const head = await storage.head(path)
    if (!head) throw new Error(`${path} is not there`)
    return head
  }
  async function open(options: Partial<OpenOptions> = {}, from = storage, path = file) {
    const { size, etag } = await found(path)
    const signal = new AbortController().signal
    return from.open(path, { start: 0, length: size, etag, signal, ...options })
  }
  async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  /** Takes the first chunk and leaves the rest where it is. */
  async function firstOf(bytes: AsyncIterable<Uint8Array>) {
    const reader = bytes[Symbol.asyncIterator]()
    return { reader, first: (await reader.next()).value as Uint8Array }
  }

  describe('lists', () => {
    it('the files of a folder, not of those in it or of one whose name begins the same', async () => {
      const listed = await storage.list('acme-corp/')
      expect(listed.map(({ path, size }) => [path, size])).toEqual([
        ['acme-corp/empty.parquet', 0],
        [largeFile, large.length],
        ['acme-corp/notes.txt', 22],
        [file, content.length],
      ])
      expect(listed[3]).toEqual(await storage.head(file))
    })

    it('nothing where there is nothing', async () => {
      expect(await storage.list('initech/')).toEqual([])
    })

    it('all or nothing: a part would look like the whole', async () => {
      const enough = place.storage({ listedFiles: 4 })
      expect(await enough.list('acme-corp/')).toHaveLength(4)
      const less = place.storage({ listedFiles: 3 })
      await expect(less.list('acme-corp/')).rejects.toMatchObject({ code: 'too_many_datasets' })
    })
  })

  describe('knows of a file', () => {
    it('size, version and age', async () => {
      const { path, size, etag, lastModified } = await found()
      expect({ path, size }).toEqual({ path: file, size: content.length })
      expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/)
      expect(Math.abs(Date.now() - lastModified.getTime())).toBeLessThan(3_600_000)
    })

    it('that it is not there, or is a folder', async () => {
      for (const path of ['acme-corp/nothing.parquet', 'initech/a.parquet', 'acme-corp/old']) {
        expect(await storage.head(path)).toBeUndefined()
      }
      expect(await storage.head(`${file}/a.parquet`)).toBeUndefined()
    })

    it('that it was replaced, by as many bytes too', async () => {
      await place.put('acme-corp/replaced.parquet', Buffer.from('one'))
      const first = await found('acme-corp/replaced.parquet')
      expect(await found('acme-corp/replaced.parquet')).toEqual(first)
      await place.put('acme-corp/replaced.parquet', Buffer.from('two'))
      const second = await found('acme-corp/replaced.parquet')
      await place.remove('acme-corp/replaced.parquet')
      expect(second.etag).not.toBe(first.etag)
      expect(await storage.head('acme-corp/replaced.parquet')).toBeUndefined()
    })
  })

  describe('gives', () => {
    it('the whole, or any part', async () => {
      expect(await all(await open())).toEqual(content)
      for (const [start, length] of [
        [0, 1],
        [1, 70_000],
        [65_536, 65_536],
        [content.length - 1, 1],
      ] as const) {
        const part = await all(await open({ start, length }))
        expect(part.equals(content.subarray(start, start + length))).toBe(true)
      }
    })

    it('a large one unharmed', async () => {
      const hash = createHash('sha256')
      for await (const chunk of await open({}, storage, largeFile)) hash.update(chunk)
      expect(hash.digest('hex')).toBe(createHash('sha256').update(large).digest('hex'))
    })

    it('no other version than was asked for, nor what is no longer there', async () => {
      const changed = { status: 503, code: 'dataset_changed' }
      await expect(open({ etag: '"another"' })).rejects.toMatchObject(changed)
      await place.put('acme-corp/removed.parquet', content)
      const { etag } = await found('acme-corp/removed.parquet')
      await place.remove('acme-corp/removed.parquet')
      const { signal } = new AbortController()
      await expect(
        storage.open('acme-corp/removed.parquet', { start: 0, length: 9, etag, signal }),
      ).rejects.toMatchObject(changed)
    })

    it('no mixture when it is replaced in between', async () => {
      const path = 'acme-corp/in-between.parquet'
      const [one, two] = [Buffer.alloc(4_000_000, '1'), Buffer.alloc(4_000_000, '2')]
      await place.put(path, one)
      const { reader, first } = await firstOf(await open({}, storage, path))
      await place.put(path, two)
      const rest = await all({ [Symbol.asyncIterator]: () => reader }).catch(() => undefined)
      await place.remove(path)
      if (rest) expect(Buffer.concat([first, rest]).equals(one)).toBe(true)
    })
  })

  describe('never makes a part look like the whole', () => {
    it('when it breaks off', async () => {
      place.fault('breaks off', 20_000)
      const { reader } = await firstOf(await open())
      await expect(all({ [Symbol.asyncIterator]: () => reader })).rejects.toThrow()
    })

    it('when it falls silent', async () => {
      place.fault('falls silent', 20_000)
      const { reader } = await firstOf(await open({}, place.storage({ stallMs: 200 })))
      await expect(all({ [Symbol.asyncIterator]: () => reader })).rejects.toThrow('nothing for 200')
    })

    it('but says so at once when not even the first bytes come', async () => {
      const unavailable = { status: 503, code: 'storage_unavailable' }
      place.fault('falls silent', 0)
      const patient = place.storage({ answerMs: 300 })
      await expect(open({}, patient)).rejects.toMatchObject(unavailable)
      place.fault('breaks off', 0)
      await expect(open()).rejects.toMatchObject(unavailable)
    })
  })

  describe('keeps nothing open', () => {
    it('when its reader goes away', async () => {
      const { reader } = await firstOf(await open({}, storage, largeFile))
      expect(place.held()).toBe(1)
      await reader.return?.()
      await eventually(() => expect(place.held()).toBe(0))
    })

    it('when its reader goes away while it says nothing', async () => {
      place.fault('falls silent', 20_000)
      const gone = new AbortController()
      const { reader } = await firstOf(await open({ signal: gone.signal }))
      const rest = all({ [Symbol.asyncIterator]: () => reader })
      gone.abort()
      // A read of the file system cannot be called off; its handle can.
      if (place.name === 'Azure Blob Storage') await expect(rest).rejects.toThrow()
      await eventually(() => expect(place.held()).toBe(0))
    })

    it('when its reader has gone before the first byte', async () => {
      const gone = AbortSignal.abort()
      await expect(open({ signal: gone })).rejects.toMatchObject({ code: 'storage_unavailable' })
      expect(place.held()).toBe(0)
    })
  })

  describe('is unavailable, and is found again,', () => {
    const asks: [string, (from: FileStorage) => Promise<unknown>][] = [
      ['list', (from) => from.list('acme-corp/')],
      ['head', (from) => from.head(file)],
      [
        'open',
        (from) =>
          from.open(file, {
            start: 0,
            length: 1,
            etag: '"any"',
            signal: new AbortController().signal,
          }),
      ],
    ]

    it.each(asks)('when it is gone: %s', async (_name, ask) => {
      await place.gone()
      await expect(ask(storage)).rejects.toMatchObject({ code: 'storage_unavailable' })
      await place.back()
      expect((await all(await open())).equals(content)).toBe(true)
    })

    it.each(asks)('when it says nothing: %s', async (_name, ask) => {
      const impatient = place.storage({ answerMs: 300 })
      place.mute()
      await expect(ask(impatient)).rejects.toMatchObject({ code: 'storage_unavailable' })
      await place.back()
      await eventually(async () => expect(await impatient.list('acme-corp/')).toHaveLength(4))
    })
  })

  describe('is never asked for', () => {
    const { signal } = new AbortController()
    const paths = [
      '',
      '/',
      '.',
      '..',
      'acme-corp/',
      '/acme-corp/a.parquet',
      'acme-corp//a.parquet',
      'acme-corp/./a.parquet',
      'acme-corp/../globex/secret.parquet',
      'acme-corp/..\\globex\\secret.parquet',
      'acme-corp/a.parquet.',
      'acme-corp/a\0.parquet',
      'acme-corp/%2e%2e/globex/secret.parquet',
      'acme-corp/a.parquet?restype=container',
      'acme-corp/a.parquet#b',
      'acme-corp/ä.parquet',
      `acme-corp/${'a'.repeat(10_000)}.parquet`,
      ...corpusLines('path-traversal.txt').map(
        (line) => `acme-corp/x/${line.replaceAll('{FILE}', 'globex/secret.parquet')}`,
      ),
    ].filter((path) => !/^[\w./-]+$/.test(path) || /(^|\/)(\.|$|\/)|\.$|\/$|^\//.test(path))

    it('what is no path of plain segments', async () => {
      place.asked()
      const answered: string[] = []
      for (const path of paths) {
        const options = { start: 0, length: 1, etag: '"any"', signal }
        const attempts = [storage.head(path), storage.open(path, options), storage.list(`${path}/`)]
        for (const attempt of await Promise.allSettled(attempts)) {
          if (attempt.status === 'fulfilled') answered.push(path)
        }
      }
      expect(answered).toEqual([])
      expect(place.asked()).toEqual([])
    })
  })
})

it('is given up so soon that the two questions of a download take less than five seconds', () => {
  expect(2 * storageLimits.answerMs).toBeLessThan(5000)
})
