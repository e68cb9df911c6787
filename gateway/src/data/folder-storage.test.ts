import { execFileSync } from 'node:child_process'
import {
  appendFile,
  mkdir,
  open,
  rename,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFolderPlace, type FolderPlace } from '../../test-support/folder-place.ts'
import { createFolderStorage } from './folder-storage.ts'
import type { FileStorage } from './file-storage.ts'

let place: FolderPlace
let storage: FileStorage
const file = 'acme-corp/triangles.parquet'

beforeEach(async () => {
  place = await startFolderPlace()
  storage = place.storage()
  await place.put(file, Buffer.alloc(500_000, 'a'))
  await place.put('globex/secret.parquet', Buffer.from('canary'))
})
afterEach(() => place.close())

const inRoot = (path: string) => join(place.root, path)

describe('a symbolic link', () => {
  it.each([
    ['to a file', 'acme-corp/link.parquet', 'globex/secret.parquet', 'acme-corp/link.parquet'],
    ['to a folder', 'umbrella', 'globex', 'umbrella/secret.parquet'],
    ['to within the same folder', 'acme-corp/link.parquet', file, 'acme-corp/link.parquet'],
    ['to itself', 'acme-corp/link.parquet', 'acme-corp/link.parquet', 'acme-corp/link.parquet'],
    ['to nowhere', 'acme-corp/link.parquet', 'nothing', 'acme-corp/link.parquet'],
  ])('%s leads nowhere', async (_, link, target, path) => {
    await symlink(inRoot(target), inRoot(link))
    expect(await storage.head(path)).toBeUndefined()
    const { signal } = new AbortController()
    const attempt = storage.open(path, { start: 0, length: 1, etag: '"any"', signal })
    await expect(attempt).rejects.toMatchObject({ code: 'dataset_changed' })
    const [folder = ''] = path.split('/')
    const listed = await storage.list(`${folder}/`)
    expect(listed.map((one) => one.path)).toEqual(folder === 'acme-corp' ? [file] : [])
    expect(place.held()).toBe(0)
  })

  it('may be the way to the folder itself', async () => {
    await symlink(place.root, `${place.root}-link`)
    expect(await createFolderStorage(`${place.root}-link`).head(file)).toMatchObject({ path: file })
  })

  it('that takes the place of a folder just before a file is opened leads nowhere', async () => {
    await place.put('umbrella/secret.parquet', Buffer.from('own'))
    place.once('before opening', async () => {
      await rename(inRoot('umbrella'), inRoot('away'))
      await symlink(inRoot('globex'), inRoot('umbrella'))
    })
    expect(await storage.head('umbrella/secret.parquet')).toBeUndefined()
    expect(place.held()).toBe(0)
  })

  it('leads nowhere either when it is gone again right after that', async () => {
    await place.put('umbrella/secret.parquet', Buffer.from('own'))
    place.once('before opening', async () => {
      await rename(inRoot('umbrella'), inRoot('away'))
      await symlink(inRoot('globex'), inRoot('umbrella'))
    })
    place.once('after opening', async () => {
      await unlink(inRoot('umbrella'))
      await rename(inRoot('away'), inRoot('umbrella'))
    })
    expect(await storage.head('umbrella/secret.parquet')).toBeUndefined()
    expect(place.held()).toBe(0)
  })
})

describe('what is no file', () => {
  it('is not there: a folder, a pipe, a socket', async () => {
    await mkdir(inRoot('acme-corp/folder.parquet'))
    // Opening a pipe would wait for whoever writes to it.
    execFileSync('mkfifo', [inRoot('acme-corp/pipe.parquet')])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(inRoot('acme-corp/socket.parquet'), resolve))
    for (const name of ['folder', 'pipe', 'socket']) {
      expect(await storage.head(`acme-corp/${name}.parquet`)).toBeUndefined()
    }
    expect((await storage.list('acme-corp/')).map(({ path }) => path)).toEqual([file])
    expect(place.held()).toBe(0)
    server.close()
  })
})

describe('a file that is written to in place while it is read', () => {
  it.each<[string, (path: string) => Promise<void>]>([
    ['over', (path) => overwrite(path, 499_999, 'b')],
    ['longer', (path) => appendFile(path, 'b')],
    ['shorter', (path) => truncate(path, 100_000)],
    ['anew', (path) => writeFile(path, Buffer.alloc(500_000, 'b'))],
  ])('is never given as a whole: %s', async (_, write) => {
    const head = await storage.head(file)
    const { signal } = new AbortController()
    const options = { start: 0, length: 500_000, etag: head?.etag ?? '', signal }
    const chunks = (await storage.open(file, options))[Symbol.asyncIterator]()
    let passed = ((await chunks.next()).value as Uint8Array).length
    await write(inRoot(file))
    const rest = async () => {
      for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) passed += chunk.length
    }
    await expect(rest()).rejects.toThrow()
    expect(passed).toBeLessThan(500_000)
  })
})

async function overwrite(path: string, position: number, text: string): Promise<void> {
  const handle = await open(path, 'r+')
  await handle.write(text, position)
  await handle.close()
}
