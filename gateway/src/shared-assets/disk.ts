import { createHash, randomUUID } from 'node:crypto'
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskOptions {
  /** Where a folder of our own is made. */
  readonly parent: string
  /** When the files have more bytes than this together, the ones longest unused go. */
  readonly maxBytes: number
  /** Told when the folder cannot be used; the gateway goes on without it. */
  readonly onFault: (cause: unknown) => void
}

/** A uid need not be in `/etc/passwd`, as `userInfo` would have it. */
const uid = process.getuid?.()

const digestLength = 32
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

const temporary = '.writing-'
const temporaryMs = 3_600_000

/** After a fault nothing is written for so long: a full disk is not asked again for each file. */
const restMs = 60_000

/** A sweep makes room for more than the one file that was too much. */
const sweepTo = 0.8

/**
 * Nobody else may have made the folder, or may write to it: what lies there is sent to browsers as
 * scripts, and a path below `/tmp` can be foreseen.
 */
async function assertOwn(folder: string): Promise<void> {
  const found = await lstat(folder)
  if (!found.isDirectory()) throw new Error(`${folder} is no folder`)
  // Windows has neither owners nor modes here.
  if (uid === undefined) return
  if (found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} can be written to by others`)
  }
}

/**
 * Files by name in a folder of our own, for several processes at once. A file is whole or not there: it is
 * written beside its place and moved (POSIX rename), begins with the digest of the rest, and what does
 * not agree with it is not read. Nothing here ever fails: without the folder there are no files.
 */
export function openDisk({ parent, maxBytes, onFault }: DiskOptions) {
  const folder = join(parent, `dashgate-shared-assets-${uid ?? 'all'}`)
  let restUntil = 0
  let isOwn: Promise<void> | undefined
  let size: Promise<number> | undefined

  function fault(cause: unknown): void {
    if (Date.now() < restUntil) return
    restUntil = Date.now() + restMs
    isOwn = undefined
    size = undefined
    onFault(cause)
  }

  const made = async () => {
    await mkdir(parent, { recursive: true })
    // Not `recursive`, which tries for ever where the system says ENOENT (`/proc`, Node 24).
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    isOwn ??= assertOwn(folder)
    await isOwn
  }

  async function filesByAge() {
    const names = await readdir(folder)
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name)
        return stat(path).then(
          ({ size: bytes, mtimeMs }) => ({ name, path, bytes, mtimeMs }),
          () => undefined,
        )
      }),
    )
    return files.filter((file) => file !== undefined).toSorted((a, b) => a.mtimeMs - b.mtimeMs)
  }

  /** Removes what is longest unused, and what a process that was killed left half written. */
  async function sweep(): Promise<number> {
    const files = await filesByAge()
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { name, path, bytes, mtimeMs } of files) {
      const isLeftOver = name.startsWith(temporary) && mtimeMs < Date.now() - temporaryMs
      if (!isLeftOver && total <= maxBytes * sweepTo) continue
      await rm(path, { force: true })
      total -= bytes
    }
    return total
  }

  async function makeRoom(bytes: number): Promise<void> {
    size ??= filesByAge().then((files) => files.reduce((sum, file) => sum + file.bytes, 0))
    const after = (await size) + bytes
    size = Promise.resolve(after)
    if (after > maxBytes) size = Promise.resolve((await sweep()) + bytes)
  }

  return {
    /** @returns `undefined` for what is not there, and for what is not as it was written */
    async read(name: string): Promise<Buffer | undefined> {
      const path = join(folder, name)
      try {
        await (isOwn ??= assertOwn(folder))
        const file = await readFile(path)
        const bytes = file.subarray(digestLength)
        if (!digest(bytes).equals(file.subarray(0, digestLength))) return undefined
        const now = new Date()
        await utimes(path, now, now).catch(() => {})
        return bytes
      } catch {
        isOwn = undefined
        return undefined
      }
    },

    /** Resolves when the file is there, or cannot be. */
    async write(name: string, bytes: Buffer): Promise<void> {
      if (Date.now() < restUntil || bytes.length > maxBytes / 2) return
      const beside = join(folder, `${temporary}${randomUUID()}`)
      try {
        await made()
        await makeRoom(bytes.length + digestLength)
        await writeFile(beside, Buffer.concat([digest(bytes), bytes]), { flag: 'wx', mode: 0o600 })
        await rename(beside, join(folder, name))
      } catch (cause) {
        await rm(beside, { force: true }).catch(() => {})
        fault(cause)
      }
    },
  }
}

export type Disk = ReturnType<typeof openDisk>
