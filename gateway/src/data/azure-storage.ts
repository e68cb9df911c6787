import type { TokenCredential } from '@azure/identity'
import {
  BlobServiceClient,
  RestError,
  StorageSharedKeyCredential,
  type BlobDownloadResponseParsed,
  type ContainerClient,
} from '@azure/storage-blob'
import { addresses } from './dataset-path.ts'
import { begun, exactly } from './exact-stream.ts'
import {
  datasetChanged,
  storageLimits,
  tooManyFiles,
  type FileStorage,
  type StorageLimits,
  type StoredFile,
} from './file-storage.ts'
import { inTime } from './in-time.ts'
import { folderSegments, segmentsOf } from './storage-path.ts'

/** How the gateway proves to a storage account who it is. */
export type AzureAccess =
  | { readonly connectionString: string }
  | { readonly accountUrl: string; readonly accountKey: string }
  | { readonly accountUrl: string; readonly credential: TokenCredential }

export interface AzureOptions extends Partial<StorageLimits> {
  readonly containerName?: string
}

/** Azure Blob Storage, or Azurite: the container `processed` of one account. */
export function createAzureStorage(access: AzureAccess, options: AzureOptions = {}): FileStorage {
  const { answerMs, stallMs, listedFiles } = { ...storageLimits, ...options }
  const container = serviceFor(access).getContainerClient(options.containerName ?? 'processed')

  return {
    async list(folder) {
      folderSegments(folder)
      return inTime(answerMs, (tooLate) => listFolder(container, folder, listedFiles, tooLate))
    },

    async head(path) {
      const blob = blobAt(container, path)
      return inTime(answerMs, async (abortSignal) => {
        try {
          return storedFile(path, await blob.getProperties({ abortSignal }))
        } catch (error) {
          if (isAbsent(error)) return undefined
          throw error
        }
      })
    },

    async open(path, { start, length, etag, signal }) {
      const blob = blobAt(container, path)
      return inTime(answerMs, async (tooLate) => {
        const ended = new AbortController()
        const abortSignal = AbortSignal.any([signal, tooLate, ended.signal])
        const conditions = { ifMatch: etag }
        // Resuming is the reader's: it has Range, If-Range and all that it has read so far.
        const answer = await blob
          .download(start, length, { conditions, abortSignal, maxRetryRequests: 0 })
          .catch((error: unknown) => {
            throw isAbsent(error) || hasStatus(error, 412) ? datasetChanged(error) : error
          })
        return begun(exactly(bodyOf(answer), length, { stallMs, giveUp: () => ended.abort() }))
      })
    },
  }
}

/** The client's own defaults are four tries and minutes of patience. */
const pipeline = {
  retryOptions: { maxTries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 200 },
}

function serviceFor(access: AzureAccess): BlobServiceClient {
  if ('connectionString' in access) {
    return BlobServiceClient.fromConnectionString(access.connectionString, pipeline)
  }
  const { accountUrl } = access
  const credential =
    'credential' in access
      ? access.credential
      : new StorageSharedKeyCredential(accountNameOf(accountUrl), access.accountKey)
  return new BlobServiceClient(accountUrl, credential, pipeline)
}

/** The account is the first label of the host, or with an emulator the first segment of the path. */
function accountNameOf(accountUrl: string): string {
  const { hostname, pathname } = new URL(accountUrl)
  return pathname.split('/')[1] || (hostname.split('.')[0] ?? '')
}

/** The last look at where a request goes, after all that the client has made of the path. */
function blobAt(container: ContainerClient, path: string) {
  const blob = container.getBlobClient(segmentsOf(path).join('/'))
  if (!addresses(blob.url, container.url, path)) {
    throw new Error('The storage client would ask for another path than it was given')
  }
  return blob
}

async function listFolder(
  container: ContainerClient,
  prefix: string,
  limit: number,
  abortSignal: AbortSignal,
): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  for await (const item of container.listBlobsByHierarchy('/', { prefix, abortSignal })) {
    if (item.kind === 'prefix' || !item.name.startsWith(prefix)) continue
    if (files.length === limit) throw tooManyFiles(limit)
    files.push(storedFile(item.name, item.properties))
  }
  return files
}

interface Properties {
  readonly contentLength?: number
  readonly etag?: string
  readonly lastModified?: Date
}

function storedFile(path: string, { contentLength, etag, lastModified }: Properties): StoredFile {
  if (contentLength === undefined || etag === undefined || lastModified === undefined) {
    throw new Error('The storage told neither size nor version of a file')
  }
  // A listing gives the tag without its quotes.
  const quoted = etag.endsWith('"') ? etag : `"${etag}"`
  return { path, size: contentLength, etag: quoted, lastModified }
}

function bodyOf({ readableStreamBody }: BlobDownloadResponseParsed): AsyncIterable<Uint8Array> {
  if (!readableStreamBody) throw new Error('The storage answered without a body')
  return readableStreamBody as AsyncIterable<Uint8Array>
}

const hasStatus = (error: unknown, status: number): error is RestError =>
  error instanceof RestError && error.statusCode === status

/** The blob is not there; that a whole container is not there is a fault. */
const isAbsent = (error: unknown): boolean =>
  hasStatus(error, 404) && error.response?.headers.get('x-ms-error-code') !== 'ContainerNotFound'
