import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectionStringFor } from '../../test-support/azurite.ts'
import { corpusLines } from '../../test-support/corpus.ts'
import { freePort } from '../../test-support/postgres.ts'
import { startRelay, type Relay } from '../../test-support/relay.ts'
import { errorResponse } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import { createBlobStorage } from './blob-storage.ts'
import { createDatasetRoutes } from './dataset-routes.ts'
import { createDatasets } from './datasets.ts'

const containerName = `processed-${randomBytes(4).toString('hex')}`
const triangles = randomBytes(10_000)
const large = randomBytes(24 * 1024 * 1024)
let container: ContainerClient
let relay: Relay

beforeAll(async () => {
  const connectionString = inject('blobConnectionString')
  container =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient(containerName)
  await container.create()
  await put('acme-corp/triangles.parquet', triangles)
  await put('acme-corp/large.parquet', large)
  await put('acme-corp/empty.parquet', Buffer.alloc(0))
  await put('acme-corp/notes.txt', Buffer.from('not a dataset'))
  await put('acme-corp/old/triangles.parquet', Buffer.from('in a folder'))
  await put('acme/triangles.parquet', Buffer.from('of a tenant whose id begins the same'))
  await put('globex/secret.parquet', Buffer.from('canary of globex'))
  const port = /BlobEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(connectionString)?.[1]
  relay = await startRelay({ port: Number(port) })
})

afterAll(async () => {
  await relay?.close()
  await container?.deleteIfExists()
})

const put = (path: string, bytes: Buffer) => container.getBlockBlobClient(path).uploadData(bytes)

function appOn(connectionString: string, storagePrefix = 'acme-corp') {
  const storage = createBlobStorage(connectionString, containerName)
  const app = new Hono<GatewayEnv>()
  app.onError(errorResponse({ report: () => {} }))
  app.route(
    '/datasets',
    createDatasetRoutes<GatewayEnv>(createDatasets(storage), () => storagePrefix),
  )
  return app
}
const app = (storagePrefix?: string) => appOn(inject('blobConnectionString'), storagePrefix)
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

describe('GET /datasets', () => {
  it("lists the tenant's datasets and nothing else", async () => {
    const response = await app().request('/datasets')

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
    expect(await (await app('initech').request('/datasets')).json()).toEqual({ datasets: [] })
  })
})

describe('GET /datasets/:name', () => {
  it('streams the bytes, with their length and version', async () => {
    const response = await app().request('/datasets/triangles')

    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('10000')
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await bytesOf(response)).toEqual(triangles)
  })

  it('streams a large one unharmed', async () => {
    const digest = createHash('sha256').update(large).digest('hex')
    const bytes = await bytesOf(await app().request('/datasets/large'))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)
  })

  it('gives an empty one', async () => {
    const response = await app().request('/datasets/empty')
    expect([response.status, await bytesOf(response)]).toEqual([200, Buffer.alloc(0)])
  })

  it('is 304 for who has this version, and 200 again when it was replaced', async () => {
    await put('acme-corp/replaced.parquet', Buffer.from('one'))
    const first = await app().request('/datasets/replaced')
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' }
    const second = await app().request('/datasets/replaced', { headers })
    await put('acme-corp/replaced.parquet', Buffer.from('two'))
    const third = await app().request('/datasets/replaced', { headers })
    await container.deleteBlob('acme-corp/replaced.parquet')

    expect([second.status, await second.text()]).toEqual([304, ''])
    expect(second.headers.get('etag')).toBe(headers['If-None-Match'])
    expect([third.status, await third.text()]).toEqual([200, 'two'])
  })

  it('has the tag that the list gives', async () => {
    const list = await (await app().request('/datasets')).text()
    const { headers } = await app().request('/datasets/triangles', { method: 'HEAD' })
    expect(list).toContain(JSON.stringify(headers.get('etag')))
  })

  it('gives a part of it', async () => {
    const response = await app().request('/datasets/triangles', {
      headers: { Range: 'bytes=100-299' },
    })

    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe('bytes 100-299/10000')
    expect(response.headers.get('content-length')).toBe('200')
    expect(await bytesOf(response)).toEqual(triangles.subarray(100, 300))
  })

  it('gives the whole when a part of another version was asked for', async () => {
    const headers = { Range: 'bytes=100-299', 'If-Range': '"another"' }
    const response = await app().request('/datasets/triangles', { headers })
    expect([response.status, (await bytesOf(response)).length]).toEqual([200, 10_000])
  })

  it('is 416 for a part that is not there', async () => {
    const response = await app().request('/datasets/triangles', {
      headers: { Range: 'bytes=10000-' },
    })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */10000')
  })

  it('answers HEAD without a body', async () => {
    const response = await app().request('/datasets/triangles', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('content-length')).toBe('10000')
  })

  it('is 404 for a name that is none, or of nothing', async () => {
    for (const name of [
      'nothing',
      'notes',
      'notes.txt',
      'triangles.parquet',
      'old',
      '%20',
      'a'.repeat(300),
    ]) {
      const response = await app().request(`/datasets/${name}`)
      expect(await response.json()).toMatchObject({ error: 'dataset_not_found' })
      expect(response.status).toBe(404)
    }
  })
})

describe("another tenant's dataset", () => {
  const forms = [
    'secret',
    '..%2fglobex%2fsecret',
    '..%2Fglobex%2Fsecret.parquet',
    '..%5cglobex%5csecret',
    '%2e%2e%2fglobex%2fsecret',
    '%252e%252e%252fglobex%252fsecret',
    '.%2f..%2fglobex%2fsecret',
    'x%2f..%2f..%2fglobex%2fsecret',
    '..%2f..%2f..%2fdevstoreaccount1%2fprocessed%2fglobex%2fsecret',
    '%2fglobex%2fsecret',
    '..%c0%afglobex%c0%afsecret',
    'secret%00',
    'secret?prefix=globex',
    ...corpusLines('path-traversal.txt')
      .map((line) => line.replaceAll('{FILE}', 'globex/secret.parquet'))
      .flatMap((line) => [line.replace(/^\//, ''), encodeURIComponent(line)]),
  ]

  it('cannot be reached under any name', async () => {
    const reading = app()
    const leaks: string[] = []
    for (const form of forms) {
      const response = await reading.request(`http://gateway/datasets/${form}`)
      if (response.ok || (await response.text()).includes('canary')) leaks.push(form)
    }
    expect(leaks).toEqual([])
  })

  it('stays apart when one id begins with the other', async () => {
    const response = await app('acme').request('/datasets')
    expect(await response.json()).toMatchObject({ datasets: [{ name: 'triangles', size: 36 }] })
  })
})

const unavailable = { error: 'storage_unavailable', message: expect.stringContaining('Try again') }

describe('an unreachable storage', () => {
  it('is 503 when nothing listens, and is found again when something does', async () => {
    const reading = appOn(connectionStringFor(relay.port))
    await relay.down()
    for (const path of ['/datasets', '/datasets/triangles']) {
      const response = await reading.request(path)
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('5')
      expect(await response.json()).toMatchObject(unavailable)
    }
    await relay.up()
    expect((await reading.request('/datasets/triangles')).status).toBe(200)
  })

  it('is 503 within five seconds when it says nothing any more', async () => {
    const reading = appOn(connectionStringFor(relay.port))
    await reading.request('/datasets')
    relay.freeze()
    const started = performance.now()
    const response = await reading.request('/datasets/triangles')
    expect(performance.now() - started).toBeLessThan(5000)
    relay.thaw()

    expect(response.status).toBe(503)
    expect((await reading.request('/datasets/triangles')).status).toBe(200)
  })

  it('is 503 where the container is missing', async () => {
    const storage = createBlobStorage(inject('blobConnectionString'), 'no-such-container')
    await expect(storage.list('acme-corp/')).rejects.toMatchObject({ code: 'storage_unavailable' })
  })
})

describe('a storage that does not keep its word', () => {
  let liar: Server
  let connectionString: string
  const promised = 1000

  beforeAll(async () => {
    const port = await freePort()
    connectionString = connectionStringFor(port)
    liar = createServer((request, response) => {
      response.writeHead(200, {
        'Content-Length': promised,
        ETag: '"v1"',
        'Last-Modified': new Date().toUTCString(),
      })
      if (request.method === 'HEAD') return response.end()
      return response.write(Buffer.alloc(promised / 2), () => response.destroy())
    }).listen(port, '127.0.0.1')
    await once(liar, 'listening')
  })

  afterAll(() => {
    liar.closeAllConnections()
    liar.close()
  })

  it('never makes half a dataset look like a whole one', async () => {
    const server = serve({ fetch: appOn(connectionString).fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const response = await fetch(`http://127.0.0.1:${port}/datasets/triangles`)

    await expect(response.arrayBuffer()).rejects.toThrow()
    server.close()
  })
})

describe('a dataset that is replaced between two questions', () => {
  it('is not put together from two versions', async () => {
    const storage = createBlobStorage(inject('blobConnectionString'), containerName)
    const attempt = storage.open('acme-corp/triangles.parquet', {
      start: 0,
      length: 100,
      etag: '"an older one"',
    })
    await expect(attempt).rejects.toMatchObject({ status: 503, code: 'dataset_changed' })
  })
})
