import { constants, type BigIntStats } from 'node:fs'
import * as nodeFiles from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
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

/** What is asked of the file system. */
export type FileSystem = Pick<typeof nodeFiles, 'lstat' | 'open' | 'readdir' | 'realpath'>

export interface FolderOptions extends Partial<StorageLimits> {
  readonly files?: FileSystem
}

const chunkBytes = 64 * 1024

/**
 * A local folder, for development. Below it only plain files in plain folders count: what is reached
 * through a symbolic link, and what is no file, is not there.
 */
export function createFolderStorage(root: string, options: FolderOptions = {}): FileStorage {
  const { answerMs, stallMs, listedFiles, files } = {
    ...storageLimits,
    files: nodeFiles,
    ...options,
  }

  return {
    async list(folder) {
      const segments = folderSegments(folder)
      return inTime(answerMs, () => listFolder(files, root, segments, listedFiles))
    },

    async head(path) {
      const segments = segmentsOf(path)
      return inTime(answerMs, async () => {
        const opened = await openPlainFile(files, root, segments)
        await opened?.handle.close()
        return opened && storedFile(path, opened.stats)
      })
    },

    async open(path, { start, length, etag, signal }) {
      const segments = segmentsOf(path)
      return inTime(answerMs, async (tooLate) => {
        const opened = await openPlainFile(files, root, segments)
        if (!opened) throw datasetChanged()
        const { handle, stats } = opened
        const close = () => void handle.close().catch(() => {})
        const ended = AbortSignal.any([signal, tooLate])
        ended.addEventListener('abort', close, { once: true })
        if (ended.aborted) close()
        if (versionOf(stats) !== etag) {
          close()
          throw datasetChanged()
        }
        const chunks = chunksOf(handle, start, length, etag)
        return begun(exactly(chunks, length, { stallMs, giveUp: close }))
      })
    },
  }
}

interface OpenFile {
  readonly handle: FileHandle
  readonly stats: BigIntStats
}

/** What has become a pipe since it was looked at is not waited for. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK

/** The file, if there is one and the way to it leads through nothing but the folder. */
async function openPlainFile(
  files: FileSystem,
  root: string,
  segments: readonly string[],
): Promise<OpenFile | undefined> {
  const target = join(await files.realpath(root), ...segments)
  const found = await ifPresent(files.lstat(target, { bigint: true }))
  // A pipe or a device must not even be opened.
  if (!found?.isFile()) return undefined
  const handle = await ifPresent(files.open(target, openFlags))
  if (!handle) return undefined
  try {
    const stats = await handle.stat({ bigint: true })
    // Asked of what is open: what was there before may have been exchanged for a link.
    const isPlain = (await ifPresent(files.realpath(target))) === target
    if (isPlain && stats.ino === found.ino && stats.dev === found.dev) return { handle, stats }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

async function listFolder(
  files: FileSystem,
  root: string,
  segments: readonly string[],
  limit: number,
): Promise<StoredFile[]> {
  const folder = join(await files.realpath(root), ...segments)
  if ((await ifPresent(files.realpath(folder))) !== folder) return []
  const entries = await ifPresent(files.readdir(folder, { withFileTypes: true }))
  const names = (entries ?? []).filter((entry) => entry.isFile()).map(({ name }) => name)
  if (names.length > limit) throw tooManyFiles(limit)
  const listed: StoredFile[] = []
  for (const name of names.sort()) {
    const stats = await ifPresent(files.lstat(join(folder, name), { bigint: true }))
    if (stats?.isFile()) listed.push(storedFile([...segments, name].join('/'), stats))
  }
  return listed
}

/**
 * The bytes from `start` on. The handle keeps a file that is replaced by another; one that is written
 * over in place is found out before its last bytes are given, so that two versions are never mixed.
 */
async function* chunksOf(
  handle: FileHandle,
  start: number,
  length: number,
  etag: string,
): AsyncGenerator<Uint8Array> {
  const end = start + length
  for (let position = start; position < end;) {
    const wanted = Math.min(chunkBytes, end - position)
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(wanted), 0, wanted, position)
    if (bytesRead === 0) return
    position += bytesRead
    if (position === end && versionOf(await handle.stat({ bigint: true })) !== etag) {
      throw new Error('The file was written to while it was being read')
    }
    yield buffer.subarray(0, bytesRead)
  }
}

const versionOf = ({ size, mtimeNs, ino }: BigIntStats): string =>
  `"${[size, mtimeNs, ino].map((part) => part.toString(16)).join('-')}"`

const storedFile = (path: string, stats: BigIntStats): StoredFile => ({
  path,
  size: Number(stats.size),
  etag: versionOf(stats),
  lastModified: stats.mtime,
})

const absent = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])

/** What is not there is no fault; whatever else the file system says is one. */
async function ifPresent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (absent.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
