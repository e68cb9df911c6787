import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Disk } from './disk.ts'

export type AssetType = 'js' | 'css'

export const contentTypes: Readonly<Record<AssetType, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** A file of a build: which content it has. */
export interface BuildFile {
  readonly hash: string
  readonly type: AssetType
  /** Whether the name of the build says this content; a chunk is only what one app said it is. */
  readonly isInName: boolean
}

/** What makes a build: the files that a page names, with the versions that it says, and plotly.js. */
export type BuildParts = ReadonlyMap<
  string,
  { readonly hash: string; readonly version?: string | undefined }
>

const buildForm = /^[0-9a-f]{32}$/

/** Files of builds that are held in memory; an entry has about 200 bytes. */
const mostFiles = 20_000

const fileShape = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  type: z.enum(['js', 'css']),
  isInName: z.boolean(),
})

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

export const isBuild = (text: string): boolean => buildForm.test(text)

/**
 * Names a build by the contents of its files. File times have no part in it: replicas of an app have
 * the same build though their fingerprints differ.
 */
export function buildOf(parts: BuildParts): string {
  const lines = [...parts]
    .map(([path, { hash, version }]) => JSON.stringify([path, version ?? null, hash]))
    .toSorted()
  return digest(lines.join('\n')).slice(0, 32)
}

/** The app behind a dashboard; the same address under two slugs is two apps. */
export interface SharedApp {
  readonly slug: string
  readonly appUrl: string
}

const nameOf = (build: string, { slug, appUrl }: SharedApp, path: string) =>
  `file-${build}-${digest(JSON.stringify([slug, appUrl, path])).slice(0, 32)}`

/**
 * Which content a path of a build has, as an app gave it. Each app vouches for its own files only:
 * what another one of the same build hands out reaches nobody who may not see that one. An entry, once
 * made, stays as it is, since browsers keep the answer for a year. On disk each entry is a file of its
 * own, so that processes can add to one build at once.
 */
export function createBuilds(disk: Pick<Disk, 'read' | 'write'>) {
  const memory = new LRUCache<string, BuildFile>({ max: mostFiles })

  async function onDisk(name: string): Promise<BuildFile | undefined> {
    const bytes = await disk.read(name)
    if (!bytes) return undefined
    const { data: file } = fileShape.safeParse(parsed(bytes))
    if (file) memory.set(name, file)
    return file
  }

  return {
    async find(build: string, app: SharedApp, path: string): Promise<BuildFile | undefined> {
      const name = nameOf(build, app, path)
      return memory.get(name) ?? onDisk(name)
    },

    add(build: string, app: SharedApp, path: string, file: BuildFile): void {
      const name = nameOf(build, app, path)
      if (memory.has(name)) return
      memory.set(name, file)
      void disk.write(name, Buffer.from(JSON.stringify(file)))
    },
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

export type Builds = ReturnType<typeof createBuilds>
