import { randomBytes } from 'node:crypto'
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectionStringFor, emulatorKey } from '../../test-support/azurite.ts'
import { startBlobPlace, type BlobPlace } from '../../test-support/blob-place.ts'
import { httpServer } from '../../test-support/local-server.ts'
import { serveDatasets } from '../../test-support/served-datasets.ts'
import { createAzureStorage } from './azure-storage.ts'
import type { FileStorage } from './file-storage.ts'

const file = 'acme-corp/triangles.parquet'
const content = randomBytes(3_000_000)
const { signal } = new AbortController()
let place: BlobPlace

beforeAll(async () => {
  place = await startBlobPlace(inject('blobConnectionString'))
  await place.put(file, content)
})
afterAll(() => place?.close())

async function read(storage: FileStorage) {
  const head = await storage.head(file)
  if (!head) throw new Error('not there')
  const options = { start: 0, length: head.size, etag: head.etag, signal }
  const chunks: Uint8Array[] = []
  for await (const chunk of await storage.open(file, options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('an account', () => {
  it('without the container is unavailable, not empty', async () => {
    const { connectionString } = place
    const storage = createAzureStorage({ connectionString }, { containerName: 'no-such-container' })
    const options = { start: 0, length: 1, etag: '"any"', signal }
    for (const ask of [
      () => storage.list('acme-corp/'),
      () => storage.head(file),
      () => storage.open(file, options),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'storage_unavailable' })
    }
  })

  it('may be opened with a signature that allows no more than reading and listing', async () => {
    const { containerName } = place.container
    const signature = generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.parse('rl'),
        expiresOn: new Date(Date.now() + 3_600_000),
      },
      new StorageSharedKeyCredential('devstoreaccount1', emulatorKey),
    )
    const [, endpoint] = /(BlobEndpoint=[^;]+)/.exec(place.connectionString) ?? []
    const connectionString = `${endpoint};SharedAccessSignature=${signature.toString()}`
    const storage = createAzureStorage({ connectionString }, { containerName })
    expect(await storage.list('acme-corp/')).toHaveLength(1)
    expect((await read(storage)).equals(content)).toBe(true)
  })
})

describe('a storage that does not keep its word', () => {
  const promised = 1000
  const facts = {
    'Content-Length': promised,
    ETag: '"v1"',
    'Last-Modified': new Date().toUTCString(),
  }

  it('X6: never makes half a dataset look like a whole one', async () => {
    await using liar = await httpServer((request, response) => {
      response.writeHead(200, facts)
      if (request.method === 'HEAD') return void response.end()
      response.write(Buffer.alloc(promised / 2), () => response.destroy())
    })
    const connectionString = connectionStringFor(liar.port)
    const served = await serveDatasets(createAzureStorage({ connectionString }))
    const response = await fetch(`${served.url}/datasets/triangles`)
    const body = response.arrayBuffer()

    // Broken where it could not be told any more, or refused where it could.
    if (response.ok) await expect(body).rejects.toThrow()
    await body.catch(() => {})
    expect(served.reported).toHaveLength(1)
    await served.stop()
  })

  it('is asked again when the file has gone meanwhile', async () => {
    await using forgetful = await httpServer((request, response) => {
      const isLook = request.method === 'HEAD'
      response.writeHead(isLook ? 200 : 404, isLook ? facts : { 'x-ms-error-code': 'BlobNotFound' })
      response.end()
    })
    const connectionString = connectionStringFor(forgetful.port)
    await expect(read(createAzureStorage({ connectionString }))).rejects.toMatchObject({
      code: 'dataset_changed',
    })
  })

  it('is unavailable when it gives another length than it told', async () => {
    await using liar = await httpServer((request, response) => {
      const length = request.method === 'HEAD' ? promised : promised / 2
      response.writeHead(200, { ...facts, 'Content-Length': length }).end(Buffer.alloc(length))
    })
    const connectionString = connectionStringFor(liar.port)
    await expect(read(createAzureStorage({ connectionString }))).rejects.toThrow(/of 1000 bytes/)
  })
})
