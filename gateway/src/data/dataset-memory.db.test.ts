import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { StorageSource } from '../config/storage.ts'
import type { Weight } from '../../test-support/dataset-process.ts'

/** Gigabytes take their time on a busy machine. */
const patience = 300_000
const MiB = 1024 * 1024
const size = 2048 * MiB

interface Weighed {
  readonly url: string
  weigh(): Promise<Weight>
  stop(): Promise<void>
}

async function start(source: StorageSource): Promise<Weighed> {
  const entry = new URL('../../test-support/dataset-process.ts', import.meta.url)
  const child: ChildProcess = fork(entry, [JSON.stringify(source)], { execArgv: ['--expose-gc'] })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return {
    url,
    async weigh() {
      const answer = once(child, 'message')
      child.send('weigh')
      return ((await answer) as [Weight])[0]
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = get(`${url}/datasets/huge`, {
    agent: false,
    headers: { Authorization: 'Bearer any', ...headers },
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

async function readAll(response: IncomingMessage): Promise<number> {
  let passed = 0
  response.on('data', (chunk: Buffer) => (passed += chunk.length))
  await once(response, 'end')
  return passed
}

async function blobOfOneBlock() {
  const connectionString = inject('blobConnectionString')
  const container =
    BlobServiceClient.fromConnectionString(connectionString).getContainerClient('processed')
  await container.createIfNotExists()
  const blob = container.getBlockBlobClient('acme-corp/huge.parquet')
  const block = randomBytes(8 * MiB)
  const id = Buffer.from('block').toString('base64')
  await blob.stageBlock(id, block, block.length)
  await blob.commitBlockList(Array.from({ length: size / block.length }, () => id))
  return { source: { connectionString }, remove: () => blob.delete() }
}

async function sparseFile() {
  const folder = await mkdtemp(join(tmpdir(), 'dashgate-huge-'))
  await mkdir(join(folder, 'acme-corp'))
  const file = await open(join(folder, 'acme-corp', 'huge.parquet'), 'w')
  await file.truncate(size)
  await file.close()
  return { source: { folder }, remove: () => rm(folder, { recursive: true }) }
}

describe.each([
  ['Azure Blob Storage', blobOfOneBlock, size],
  // For development, and the way through the gateway is the same: a part of it will do.
  ['a local folder', sparseFile, size / 4],
])('a dataset of two gigabytes in %s', (_, make, length) => {
  let data: { source: StorageSource; remove: () => Promise<unknown> }
  let weighed: Weighed
  let atRest: number

  beforeAll(async () => {
    data = await make()
    weighed = await start(data.source)
    // What a process takes once, it takes with the first requests.
    for (let round = 0; round < 20; round++) {
      await readAll(await ask(weighed.url, { Range: 'bytes=0-99999' }))
    }
    await weighed.weigh()
    atRest = (await weighed.weigh()).resting
  }, patience)
  afterAll(async () => {
    await weighed?.stop()
    await data?.remove()
  })

  it(
    'costs no more than 64 MiB, sent fast to one reader and slowly to eight others',
    async () => {
      const slow = await Promise.all(Array.from({ length: 8 }, () => ask(weighed.url)))
      for (const response of slow) response.pause()
      const fast = await ask(weighed.url, { Range: `bytes=0-${length - 1}` })
      expect(await readAll(fast)).toBe(length)
      const { peak } = await weighed.weigh()
      for (const response of slow) response.destroy()
      expect(peak - atRest).toBeLessThan(64 * MiB)
    },
    patience,
  )
})
