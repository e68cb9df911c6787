import type { ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { serveDatasets } from '../../test-support/served-datasets.ts'
import type { FileStorage } from './file-storage.ts'

const file = {
  path: 'acme-corp/triangles.parquet',
  size: 1000,
  etag: '"1"',
  lastModified: new Date(),
}
const chunk = new Uint8Array(500)

/** A storage that holds one file and does with it what a test wants. */
const storageOf = (parts: Partial<FileStorage>): FileStorage => ({
  list: async () => [file],
  head: async () => file,
  open: async () => {
    throw new Error('not to be opened')
  },
  ...parts,
})

it('tells a storage that the client has gone while it was looking for the file', async () => {
  const answering = Promise.withResolvers<ServerResponse | undefined>()
  const asked = Promise.withResolvers<AbortSignal>()
  const client = new AbortController()
  const storage = storageOf({
    head: async () => {
      client.abort()
      const outgoing = await answering.promise
      if (!outgoing?.destroyed) await new Promise((resolve) => outgoing?.once('close', resolve))
      return file
    },
    open: async (_path, { signal }) => {
      asked.resolve(signal)
      throw new Error('nobody reads it')
    },
  })
  const served = await serveDatasets(storage, 'acme-corp', answering.resolve)
  const answer = fetch(`${served.url}/datasets/triangles`, { signal: client.signal })
  await expect(answer).rejects.toThrow()

  expect((await asked.promise).aborted).toBe(true)
  await turn()
  expect(served.reported).toEqual([])
  await served.stop()
})

it('does not report what fails only because the client has gone', async () => {
  const ended = Promise.withResolvers<void>()
  const served = await serveDatasets(
    storageOf({
      open: async (_path, { signal }) =>
        (async function* () {
          yield chunk
          try {
            await new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(new Error('aborted')))
            })
          } finally {
            ended.resolve()
          }
        })(),
    }),
  )
  const { body } = await fetch(`${served.url}/datasets/triangles`)
  const reader = body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await ended.promise
  await turn()
  expect(served.reported).toEqual([])
  await served.stop()
})

it('reports what breaks while the client is there, and sends nothing of its text', async () => {
  const served = await serveDatasets(
    storageOf({
      open: async () =>
        (async function* () {
          yield chunk
          await Promise.reject(new Error('the account kyros has no such key'))
        })(),
    }),
  )
  const answer = fetch(`${served.url}/datasets/triangles`).then((response) => response.text())
  await expect(answer).rejects.toThrow()
  expect(served.reported).toMatchObject([
    { code: 'dataset_broke_off', cause: { message: 'the account kyros has no such key' } },
  ])
  await served.stop()
})
