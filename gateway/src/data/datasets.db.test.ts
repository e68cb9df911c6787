import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { eventually } from '../../test-support/eventually.ts'
import { startBlobPlace } from '../../test-support/blob-place.ts'
import { startFolderPlace } from '../../test-support/folder-place.ts'
import { serveDatasets, type ServedDatasets } from '../../test-support/served-datasets.ts'
import type { StoragePlace } from '../../test-support/storage-place.ts'

const kinds: [string, () => Promise<StoragePlace>][] = [
  ['Azure Blob Storage', () => startBlobPlace(inject('blobConnectionString'))],
  ['a local folder', startFolderPlace],
]
const triangles = randomBytes(10_000)
const large = randomBytes(24 * 1024 * 1024)
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe.each(kinds)('datasets in %s', (_, start) => {
  let place: StoragePlace
  let served: ServedDatasets

  beforeAll(async () => {
    place = await start()
    served = await serveDatasets(place.storage())
    await place.put('acme-corp/triangles.parquet', triangles)
    await place.put('acme-corp/large.parquet', large)
    await place.put('acme-corp/empty.parquet', Buffer.alloc(0))
    await place.put('acme-corp/notes.txt', Buffer.from('not a dataset'))
    await place.put('acme-corp/old/triangles.parquet', Buffer.from('in a folder'))
    await place.put('acme/triangles.parquet', Buffer.from('of a tenant whose id begins the same'))
  })
  afterEach(async () => {
    place.fault('none')
    await place.back()
    served.reported.length = 0
    await eventually(() => expect(place.held()).toBe(0))
  })
  afterAll(async () => {
    await served?.stop()
    await place?.close()
  })

  const ask = (path: string, init?: RequestInit) => fetch(`${served.url}/datasets${path}`, init)

  describe('GET /datasets', () => {
    it("lists the tenant's datasets and nothing else", async () => {
      const response = await ask('')

      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({
        datasets: [
          {
            name: 'empty',
            size: 0,
            etag: expect.stringMatching(/^".+"$/),
            lastModified: expect.any(String),
          },
          expect.objectContaining({ name: 'large', size: large.length }),
          expect.objectContaining({ name: 'triangles', size: 10_000 }),
        ],
      })
    })

    it('is an empty list for a tenant without data', async () => {
      const without = await serveDatasets(place.storage(), 'initech')
      expect(await (await fetch(`${without.url}/datasets`)).json()).toEqual({ datasets: [] })
      await without.stop()
    })

    it('stays apart when one id begins with the other', async () => {
      const shorter = await serveDatasets(place.storage(), 'acme')
      const list = await (await fetch(`${shorter.url}/datasets`)).json()
      expect(list).toMatchObject({ datasets: [{ name: 'triangles', size: 36 }] })
      await shorter.stop()
    })
  })

  describe('GET /datasets/:name', () => {
    it('streams the bytes, with their length and version', async () => {
      const response = await ask('/triangles')

      expect(response.status).toBe(200)
      expect(response.headers.get('content-length')).toBe('10000')
      expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet')
      expect(response.headers.get('cache-control')).toBe('private, no-cache')
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
      expect(await bytesOf(response)).toEqual(triangles)
    })

    it('streams a large one unharmed', async () => {
      expect((await bytesOf(await ask('/large'))).equals(large)).toBe(true)
    })

    it('gives an empty one', async () => {
      const response = await ask('/empty')
      expect([response.status, await bytesOf(response)]).toEqual([200, Buffer.alloc(0)])
    })

    it('is 304 for who has this version, and 200 again when it was replaced', async () => {
      await place.put('acme-corp/replaced.parquet', Buffer.from('one'))
      const first = await ask('/replaced')
      const headers = { 'If-None-Match': first.headers.get('etag') ?? '' }
      const second = await ask('/replaced', { headers })
      await place.put('acme-corp/replaced.parquet', Buffer.from('two'))
      const third = await ask('/replaced', { headers })
      await place.remove('acme-corp/replaced.parquet')

      expect([second.status, await second.text()]).toEqual([304, ''])
      expect(second.headers.get('etag')).toBe(headers['If-None-Match'])
      expect([third.status, await third.text()]).toEqual([200, 'two'])
    })

    it('has the tag that the list gives', async () => {
      const list = await (await ask('')).text()
      const { headers } = await ask('/triangles', { method: 'HEAD' })
      expect(list).toContain(JSON.stringify(headers.get('etag')))
    })

    it('gives a part of it', async () => {
      const response = await ask('/triangles', { headers: { Range: 'bytes=100-299' } })

      expect(response.status).toBe(206)
      expect(response.headers.get('content-range')).toBe('bytes 100-299/10000')
      expect(response.headers.get('content-length')).toBe('200')
      expect(await bytesOf(response)).toEqual(triangles.subarray(100, 300))
    })

    it('gives the whole when a part of another version was asked for', async () => {
      const headers = { Range: 'bytes=100-299', 'If-Range': '"another"' }
      const response = await ask('/triangles', { headers })
      expect([response.status, (await bytesOf(response)).length]).toEqual([200, 10_000])
    })

    it('is 416 for a part that is not there', async () => {
      const response = await ask('/triangles', { headers: { Range: 'bytes=10000-' } })
      expect(response.status).toBe(416)
      expect(response.headers.get('content-range')).toBe('bytes */10000')
    })

    it('answers HEAD without a body, and without opening anything', async () => {
      const response = await ask('/triangles', { method: 'HEAD' })
      expect([response.status, await response.text()]).toEqual([200, ''])
      expect(response.headers.get('content-length')).toBe('10000')
      expect(place.held()).toBe(0)
    })

    it('is 404 for a name that is none, or of nothing', async () => {
      const long = 'a'.repeat(300)
      for (const name of ['nothing', 'notes', 'notes.txt', 'triangles.parquet', 'old', long]) {
        const response = await ask(`/${name}`)
        expect(await response.json()).toMatchObject({ error: 'dataset_not_found' })
        expect(response.status).toBe(404)
      }
    })
  })

  describe('a storage in trouble', () => {
    const unavailable = {
      error: 'storage_unavailable',
      message: expect.stringContaining('Try again'),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    }

    it.each(['', '/triangles'])('is 503 while it is gone: /datasets%s', async (path) => {
      await place.gone()
      const response = await ask(path)
      await place.back()
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await response.json()).toMatchObject(unavailable)
      expect(served.reported).toMatchObject([{ code: 'storage_unavailable' }])
      expect((await ask(path)).status).toBe(200)
    })

    it('is 503 as JSON, too, when it breaks off before the first byte', async () => {
      place.fault('breaks off', 0)
      const response = await ask('/triangles')
      expect([response.status, await response.json()]).toMatchObject([503, unavailable])
    })

    it.each(['breaks off', 'falls silent'] as const)(
      'breaks the answer when it %s in the middle, and reports it',
      async (kind) => {
        const impatient = await serveDatasets(place.storage({ stallMs: 200 }))
        place.fault(kind, 1_000_000)
        const response = await fetch(`${impatient.url}/datasets/large`)
        expect(response.status).toBe(200)
        await expect(response.arrayBuffer()).rejects.toThrow()
        expect(impatient.reported).toMatchObject([{ code: 'dataset_broke_off' }])
        await impatient.stop()
      },
    )

    it('goes on serving others while one waits for it', async () => {
      place.fault('falls silent', 1_000_000)
      const stuck = await ask('/large')
      place.fault('none')
      expect((await ask('/triangles')).status).toBe(200)
      await stuck.body?.cancel()
    })
  })

  describe('a client that goes away', () => {
    it('in the middle leaves nothing open and is no fault', async () => {
      const { body } = await ask('/large')
      const reader = body?.getReader()
      await reader?.read()
      expect(place.held()).toBe(1)
      await reader?.cancel()
      await eventually(() => expect(place.held()).toBe(0))
      expect(served.reported).toEqual([])
    })

    it('while the storage says nothing leaves nothing open and is no fault', async () => {
      const patient = await serveDatasets(place.storage({ stallMs: 600_000 }))
      place.fault('falls silent', 1_000_000)
      const { body } = await fetch(`${patient.url}/datasets/large`)
      const reader = body?.getReader()
      await reader?.read()
      await reader?.cancel()
      await eventually(() => expect(place.held()).toBe(0))
      expect(patient.reported).toEqual([])
      await patient.stop()
    })

    it('before the first byte is no fault either', async () => {
      const patient = await serveDatasets(place.storage({ answerMs: 600_000 }))
      const gone = new AbortController()
      place.fault('falls silent', 0)
      const response = fetch(`${patient.url}/datasets/large`, { signal: gone.signal })
      response.catch(() => {})
      await eventually(() => expect(place.held()).toBe(1))
      gone.abort()
      await eventually(() => expect(place.held()).toBe(0))
      expect(patient.reported).toEqual([])
      await patient.stop()
    })
  })
})
