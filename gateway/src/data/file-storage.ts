import { GatewayError } from '../edge/gateway-error.ts'

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
  /** Aborted when nobody reads any more; then nothing of the file stays open. */
  readonly signal: AbortSignal
}

/**
 * A place where files lie under paths; it knows nothing of tenants. Whatever goes wrong before the
 * first byte is a `GatewayError`, in less than five seconds, and nothing keeps it from recovering.
 */
export interface FileStorage {
  /** The files of a folder, not of the folders in it; `folder` ends with a slash. */
  list(folder: string): Promise<StoredFile[]>
  head(path: string): Promise<StoredFile | undefined>
  /** The bytes as they come in, once there are some; fails rather than end early. */
  open(path: string, options: OpenOptions): Promise<AsyncIterable<Uint8Array>>
}

export interface StorageLimits {
  /** Each question, up to the first byte of its answer. Sending a file takes two of them. */
  readonly answerMs: number
  /** Between two chunks that somebody asked for. */
  readonly stallMs: number
  /** Files of one folder. A longer list is refused: a part of it would look like the whole. */
  readonly listedFiles: number
}

export const storageLimits: StorageLimits = { answerMs: 2400, stallMs: 15_000, listedFiles: 10_000 }

export const storageUnavailable = (cause: unknown) =>
  new GatewayError(
    503,
    'storage_unavailable',
    'The storage of the data cannot be reached at the moment. Try again in a few seconds.',
    { cause, headers: { 'Retry-After': '5' } },
  )

/** The file was replaced or removed after it was found. */
export const datasetChanged = (cause?: unknown) =>
  new GatewayError(
    503,
    'dataset_changed',
    'The dataset was replaced while it was being opened. Ask again.',
    { cause, headers: { 'Retry-After': '1' } },
  )

export const tooManyFiles = (limit: number) =>
  new GatewayError(
    500,
    'too_many_datasets',
    `The folder of this tenant holds more than ${limit} files. Ask whoever prepares the data to clear it.`,
  )
