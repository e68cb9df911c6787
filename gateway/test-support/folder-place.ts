import type { FileHandle } from 'node:fs/promises'
import * as nodeFiles from 'node:fs/promises'
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createFolderStorage, type FileSystem } from '../src/data/folder-storage.ts'
import { patient, type Fault, type StoragePlace } from './storage-place.ts'

export interface FolderPlace extends StoragePlace {
  readonly root: string
  /** Done before or after the next file is opened. */
  once(when: 'before opening' | 'after opening', act: () => Promise<void>): void
}

const forever = new Promise<never>(() => {})

/** A temporary folder; what is asked of the file system goes through this place first. */
export async function startFolderPlace(): Promise<FolderPlace> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'dashgate-folder-')))
  const root = join(home, 'processed')
  await mkdir(root)
  const asked: string[] = []
  let held = 0
  let silent = false
  const acts = new Map<string, () => Promise<void>>()
  const actOn = async (when: string) => {
    const act = acts.get(when)
    acts.delete(when)
    await act?.()
  }
  let fault: { kind: Fault; afterBytes: number } = { kind: 'none', afterBytes: 0 }

  const noted = <T>(path: unknown, ask: () => Promise<T>): Promise<T> => {
    asked.push(String(path).slice(root.length + 1))
    return silent ? forever : ask()
  }
  /** The handle, which gives no more than it may. */
  const watched = (handle: FileHandle): FileHandle => {
    held += 1
    let given = 0
    const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
      if (fault.kind !== 'none' && given >= fault.afterBytes) {
        return fault.kind === 'breaks off' ? { bytesRead: 0, buffer } : forever
      }
      const result = await handle.read(buffer, offset, length, position)
      given += result.bytesRead
      return result
    }
    let isOpen = true
    const close = async () => {
      if (isOpen) held -= 1
      isOpen = false
      await handle.close()
    }
    const stat = handle.stat.bind(handle)
    return Object.assign(Object.create(handle) as FileHandle, { read, close, stat })
  }
  const files = {
    lstat: (path: string, options: object) => noted(path, () => nodeFiles.lstat(path, options)),
    readdir: (path: string, options: object) =>
      noted(path, () => nodeFiles.readdir(path, options as { withFileTypes: true })),
    realpath: (path: string) => noted(path, () => nodeFiles.realpath(path)),
    open: (path: string, flags: number) =>
      noted(path, async () => {
        await actOn('before opening')
        const handle = await nodeFiles.open(path, flags)
        await actOn('after opening')
        return watched(handle)
      }),
  } as unknown as FileSystem

  const away = join(home, 'away')
  return {
    name: 'a folder',
    root,
    once: (when, act) => void acts.set(when, act),
    storage: (limits) => createFolderStorage(root, { ...patient, ...limits, files }),
    async put(path, bytes) {
      const target = join(root, path)
      await mkdir(dirname(target), { recursive: true })
      await writeFile(`${target}.new`, bytes)
      await rename(`${target}.new`, target)
    },
    remove: (path) => rm(join(root, path)),
    asked: () => asked.splice(0),
    held: () => held,
    fault(kind, afterBytes = 0) {
      fault = { kind, afterBytes }
    },
    gone: () => rename(root, away),
    mute() {
      silent = true
    },
    async back() {
      silent = false
      await rename(away, root).catch(() => {})
    },
    close: () => rm(home, { recursive: true }),
  }
}
