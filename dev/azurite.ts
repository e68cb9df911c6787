import { existsSync, mkdirSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'

import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob'

import { createPart, type Part, type PartContext } from './part.ts'

export interface AzuriteOptions {
  directory: string
  port: number
  accountKey: string
}

const account = 'dashgate'

export function blobConnectionString(options: { port: number; accountKey: string }): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${options.accountKey}`,
    `BlobEndpoint=http://127.0.0.1:${options.port}/${account}`,
  ].join(';')
}

/** Azurite's blob service, its files kept in the directory. */
export function createAzurite(options: AzuriteOptions, context: PartContext): Part {
  const location = join(options.directory, 'azurite')
  mkdirSync(location, { recursive: true, mode: 0o700 })
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  return createPart(
    {
      name: 'azurite',
      command: {
        file: process.execPath,
        args: [
          main,
          '--blobHost=127.0.0.1',
          `--blobPort=${options.port}`,
          `--location=${location}`,
          '--skipApiVersionCheck',
          '--disableTelemetry',
          '--silent',
        ],
        cwd: location,
        env: { AZURITE_ACCOUNTS: `${account}:${options.accountKey}` },
      },
      isReady: () => hasContainers(blobConnectionString(options)),
    },
    context,
  )
}

/** Any answer of the service will do, so the containers are made on the way. */
async function hasContainers(connectionString: string): Promise<boolean> {
  try {
    await createContainers(connectionString)
    return true
  } catch {
    return false
  }
}

export async function createContainers(connectionString: string): Promise<void> {
  const service = connect(connectionString)
  for (const name of ['processed', 'uploads']) {
    await service.getContainerClient(name).createIfNotExists()
  }
}

/** Uploads `<folder>/<tenant>/<dataset>.parquet` to `processed`; what is there already stays. */
export async function uploadDatasets(connectionString: string, folder: string): Promise<number> {
  if (!existsSync(folder)) return 0
  const container = connect(connectionString).getContainerClient('processed')
  const entries = await readdir(folder, { recursive: true })
  const files = entries.filter((entry) => entry.endsWith('.parquet'))
  const uploaded = await Promise.all(files.map((file) => upload(container, folder, file)))
  return uploaded.filter(Boolean).length
}

async function upload(container: ContainerClient, folder: string, file: string): Promise<boolean> {
  const path = join(folder, file)
  const blob = container.getBlockBlobClient(relative(folder, path).split(sep).join('/'))
  const { size, mtime } = await stat(path)
  const made = mtime.toISOString()
  const existing = await propertiesOf(blob)
  if (existing?.contentLength === size && existing.metadata?.['made'] === made) return false
  await blob.uploadFile(path, {
    blobHTTPHeaders: { blobContentType: 'application/vnd.apache.parquet' },
    metadata: { made },
  })
  return true
}

async function propertiesOf(blob: ReturnType<ContainerClient['getBlockBlobClient']>) {
  return (await blob.exists()) ? await blob.getProperties() : undefined
}

function connect(connectionString: string): BlobServiceClient {
  return BlobServiceClient.fromConnectionString(connectionString, {
    retryOptions: { maxTries: 1, tryTimeoutInMs: 5_000 },
  })
}
