import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDisk } from './disk.ts'

let parent: string
let faults: unknown[]

const open = (maxBytes = 1_000_000) =>
  openDisk({ parent, maxBytes, onFault: (cause) => void faults.push(cause) })
const folder = async () => join(parent, (await readdir(parent))[0] ?? '')
const bytes = (text: string) => Buffer.from(text)

const smallBytes = 64 * 1024

/**
 * A real file system that is soon full. Only root may mount one, and not in every container: CI does, and
 * elsewhere nothing is shown by it.
 */
async function withSmallFileSystem(work: () => Promise<void>): Promise<void> {
  const mount = ['-t', 'tmpfs', '-o', `size=${smallBytes}`, 'small', parent]
  if (spawnSync('mount', mount).status !== 0) return
  try {
    await work()
  } finally {
    spawnSync('umount', [parent])
  }
}

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'dashgate-disk-'))
  faults = []
})
afterEach(() => rm(parent, { recursive: true, force: true }))

describe('a file', () => {
  it('outlives the process that wrote it', async () => {
    await open().write('a', bytes('text'))
    expect(await open().read('a')).toEqual(bytes('text'))
    expect(await open().read('b')).toBeUndefined()
    expect(faults).toEqual([])
  })

  it('may be written by several at once: it is the one or the other', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000))
    await Promise.all(texts.map((text) => open().write('a', bytes(text))))
    expect(texts).toContain((await open().read('a'))?.toString())
    expect(await readdir(await folder())).toEqual(['a'])
  })

  it.each([
    ['cut short', (path: string) => writeFile(path, 'half')],
    ['empty', (path: string) => writeFile(path, '')],
    ['longer than it was', (path: string) => appendFile(path, 'more')],
  ])('that is %s is not there, and can be written again', async (_, damage) => {
    const disk = open()
    await disk.write('a', bytes('text'))
    await damage(join(await folder(), 'a'))
    expect(await disk.read('a')).toBeUndefined()
    await disk.write('a', bytes('text'))
    expect(await disk.read('a')).toEqual(bytes('text'))
  })

  it('that was not used for longest goes when there is no room', async () => {
    const disk = open(10_000)
    for (const name of ['used', 'old', 'new']) await disk.write(name, Buffer.alloc(3000))
    for (const [index, name] of ['used', 'old', 'new'].entries()) {
      await utimes(join(await folder(), name), 1000 + index, 1000 + index)
    }
    await disk.read('used')
    await disk.write('last', Buffer.alloc(3000))
    expect((await readdir(await folder())).toSorted()).toEqual(['last', 'new', 'used'])
  })

  it('that would take all the room is not written', async () => {
    const disk = open(10_000)
    await disk.write('a', Buffer.alloc(9000))
    expect(await disk.read('a')).toBeUndefined()
    expect(faults).toEqual([])
  })
})

describe('a folder', () => {
  it('of others is neither read nor written', async () => {
    await open().write('a', bytes('ours'))
    await chmod(await folder(), 0o777)
    const disk = open()
    await disk.write('b', bytes('more'))
    expect([await disk.read('a'), await disk.read('b')]).toEqual([undefined, undefined])
    expect(faults).toHaveLength(1)
  })

  it('is not what a link leads to', async () => {
    await open().write('a', bytes('ours'))
    const name = await folder()
    const elsewhere = join(parent, 'elsewhere')
    await rm(name, { recursive: true })
    await mkdir(elsewhere, { mode: 0o700 })
    await symlink(elsewhere, name)
    await open().write('a', bytes('text'))
    expect(await readdir(elsewhere)).toEqual([])
    expect(faults).toHaveLength(1)
  })

  it('is made again when it is gone', async () => {
    const disk = open()
    await disk.write('a', bytes('text'))
    await rm(await folder(), { recursive: true })
    expect(await disk.read('a')).toBeUndefined()
    await disk.write('a', bytes('text'))
    expect(await disk.read('a')).toEqual(bytes('text'))
  })

  it.each([
    ['cannot be written to', () => Promise.resolve('/proc')],
    ['is a file', () => writeFile(join(parent, 'file'), '').then(() => join(parent, 'file'))],
  ])('that %s is said once, and does no harm', async (_, place) => {
    const disk = openDisk({
      parent: await place(),
      maxBytes: 1_000_000,
      onFault: (cause) => void faults.push(cause),
    })
    for (const name of ['a', 'b', 'c']) await disk.write(name, bytes('text'))
    expect(await disk.read('a')).toBeUndefined()
    expect(faults).toHaveLength(1)
  })

  it('whose files cannot be moved to their names does no harm', async () => {
    // Names longer than a file system takes fail after the bytes were written.
    const disk = open()
    await disk.write('n'.repeat(300), bytes('text'))
    expect(faults).toHaveLength(1)
    expect(await readdir(await folder())).toEqual([])
  })

  it('on a full file system keeps what it has, and nothing by halves', async () => {
    await withSmallFileSystem(async () => {
      const disk = open()
      await disk.write('a', bytes('text'))
      for (const name of ['b', 'c']) await disk.write(name, Buffer.alloc(smallBytes))
      expect(faults).toMatchObject([{ code: 'ENOSPC' }])
      expect(await readdir(await folder())).toEqual(['a'])
      expect(await disk.read('a')).toEqual(bytes('text'))
      expect(await disk.read('b')).toBeUndefined()
    })
  })

  it('holds nothing that says of whom it is', async () => {
    await open().write('a', bytes('text'))
    expect((await readFile(join(await folder(), 'a'))).subarray(32).toString()).toBe('text')
  })
})
