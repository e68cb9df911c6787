import {
  BlobServiceClient,
  RestError,
  type BlobDownloadResponseParsed,
  type ContainerClient,
} from '@azure/storage-blob'
import { GatewayError } from '../edge/gateway-error.ts'
import { addresses } from './dataset-path.ts'
import { exactly } from './exact-stream.ts'

/** What is known of one file without reading it. */
export interface StoredFile {
  readonly path: string
  readonly size: number
  readonly etag: string
  readonly lastModified: Date
}

export interface OpenOptions {
  readonly start: number
  readonly length: number
  /** Only this version; parts of two versions are never put together. */
  readonly etag: string
}

/** A place where files lie under paths. It knows nothing of tenants. */
export interface BlobStorage {
  /** The files of a folder, not of the folders in it; `folder` ends with a slash. */
  list(folder: string): Promise<StoredFile[]>
  head(path: string): Promise<StoredFile | undefined>
  /** The bytes as they come in; fails rather than end early. */
  open(path: string, options: OpenOptions): Promise<AsyncIterable<Uint8Array>>
}

/** Everything up to the first byte of an answer; the client's own default is minutes. */
const answerMs = 4000
/** Between two chunks that we have asked for. */
const stallMs = 15_000
const listLimit = 1000

/**
 * Azure Blob Storage, or Azurite. Whatever goes wrong is `storage_unavailable` (503), in less than
 * five seconds; there is no state that would keep it from recovering.
 */
export function createBlobStorage(
  connectionString: string,
  containerName = 'processed',
): BlobStorage {
  const container = BlobServiceClient.fromConnectionString(connectionString, {
    retryOptions: { maxTries: 2, retryDelayInMs: 100, maxRetryDelayInMs: 200 },
  }).getContainerClient(containerName)

  return {
    list: (folder) => inTime((abortSignal) => listFolder(container, folder, abortSignal)),

    async head(path) {
      const blob = blobAt(container, path)
      return inTime(async (abortSignal) => {
        try {
          return storedFile(path, await blob.getProperties({ abortSignal }))
        } catch (error) {
          if (statusOf(error) === 404) return undefined
          throw error
        }
      })
    },

    async open(path, { start, length, etag }) {
      const blob = blobAt(container, path)
      const abort = new AbortController()
      const answer = await inTime((tooLate) => {
        tooLate.addEventListener('abort', () => abort.abort(), { once: true })
        const conditions = { ifMatch: etag }
        return blob.download(start, length, { conditions, abortSignal: abort.signal })
      })
      return exactly(bodyOf(answer), length, { stallMs, giveUp: () => abort.abort() })
    },
  }
}

/** The last look at where a request goes, after all that the client has made of the path. */
function blobAt(container: ContainerClient, path: string) {
  const blob = container.getBlobClient(path)
  if (!addresses(blob.url, container.url, path)) {
    throw new Error('The storage client would ask for another path than it was given')
  }
  return blob
}

async function listFolder(
  container: ContainerClient,
  folder: string,
  abortSignal: AbortSignal,
): Promise<StoredFile[]> {
  const files: StoredFile[] = []
  for await (const item of container.listBlobsByHierarchy('/', { prefix: folder, abortSignal })) {
    if (item.kind === 'prefix' || !item.name.startsWith(folder)) continue
    files.push(storedFile(item.name, item.properties))
    if (files.length === listLimit) break
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

async function inTime<T>(ask: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), answerMs)
  try {
    return await ask(abort.signal)
  } catch (cause) {
    throw storageError(cause)
  } finally {
    clearTimeout(timer)
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined

function storageError(cause: unknown): GatewayError {
  if (statusOf(cause) === 412) {
    return new GatewayError(
      503,
      'dataset_changed',
      'The dataset was replaced while it was being opened. Ask again.',
      { cause, headers: { 'Retry-After': '1' } },
    )
  }
  return new GatewayError(
    503,
    'storage_unavailable',
    'The storage of the data cannot be reached at the moment. Try again in a few seconds.',
    { cause, headers: { 'Retry-After': '5' } },
  )
}
