import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'
import { createAzureStorage } from '../src/data/azure-storage.ts'
import { connectionStringFor } from './azurite.ts'
import { patient, type Fault, type StoragePlace } from './storage-place.ts'

export interface BlobPlace extends StoragePlace {
  readonly container: ContainerClient
  /** Leads through this place, which notes each request, to the emulator. */
  readonly connectionString: string
}

/** A container of its own in Azurite, reached through a proxy that notes each request. */
export async function startBlobPlace(azurite: string): Promise<BlobPlace> {
  const containerName = `processed-${randomBytes(4).toString('hex')}`
  const container =
    BlobServiceClient.fromConnectionString(azurite).getContainerClient(containerName)
  await container.create()
  const target = new URL(container.url)

  const asked: string[] = []
  const answering = new Set<ServerResponse>()
  let silent = false
  let fault: { kind: Fault; afterBytes: number } = { kind: 'none', afterBytes: 0 }

  function passOn(answer: IncomingMessage, response: ServerResponse): void {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    const isFile = 'x-ms-blob-type' in answer.headers && response.req.method === 'GET'
    let given = 0
    answer.on('data', (chunk: Buffer) => {
      const { kind, afterBytes } = fault
      const rest = isFile && kind !== 'none' ? Math.max(afterBytes - given, 0) : chunk.length
      given += chunk.length
      const goesOn = response.write(chunk.subarray(0, rest), () => {
        if (rest < chunk.length && kind === 'breaks off') response.destroy()
      })
      if (goesOn) return
      answer.pause()
      response.once('drain', () => answer.resume())
    })
    answer.on('end', () => {
      if (!isFile || fault.kind !== 'falls silent') response.end()
    })
    answer.on('error', () => response.destroy())
  }

  const server = createServer((incoming, response) => {
    asked.push(pathOf(incoming.url ?? '', target.pathname))
    if (silent) return
    answering.add(response)
    const { method, url: path, headers } = incoming
    const onward = request({ host: target.hostname, port: target.port, method, path, headers })
    response.once('close', () => {
      answering.delete(response)
      onward.destroy()
    })
    onward.on('error', () => response.destroy())
    onward.on('response', (answer) => passOn(answer, response))
    incoming.pipe(onward)
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const connectionString = connectionStringFor(port)
  const stop = async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  return {
    name: 'Azure Blob Storage',
    container,
    connectionString,
    storage: (limits) =>
      createAzureStorage({ connectionString }, { ...patient, ...limits, containerName }),
    async put(path, bytes) {
      await container.getBlockBlobClient(path).uploadData(bytes)
    },
    async remove(path) {
      await container.deleteBlob(path)
    },
    asked: () => asked.splice(0),
    held: () => answering.size,
    fault(kind, afterBytes = 0) {
      fault = { kind, afterBytes }
    },
    gone: stop,
    mute() {
      silent = true
    },
    async back() {
      silent = false
      server.closeAllConnections()
      if (!server.listening) await listen(port)
    },
    async close() {
      if (server.listening) await stop()
      await container.delete()
    },
  }
}

/** What a request asks for below the container: a file, or with a listing the prefix of its files. */
function pathOf(url: string, container: string): string {
  const [path = '', query = ''] = url.split('?')
  if (path === container) return new URLSearchParams(query).get('prefix') ?? '(the container)'
  return path.startsWith(`${container}/`) ? path.slice(container.length + 1) : `(elsewhere) ${url}`
}
