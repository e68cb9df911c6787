import { LRUCache } from 'lru-cache'
import type { CodingOrIdentity } from '../http/content-coding.ts'
import type { Representation } from '../http/send-representation.ts'
import {
  buildItself,
  createAppBuilds,
  type AppBuild,
  type FetchAsset,
  type NamedAssets,
} from './app-builds.ts'
import { createBuilds, type AssetType, type BuildFile, type SharedApp } from './builds.ts'
import { createChunks } from './chunks.ts'
import { createCoder } from './coder.ts'
import { createContentStore, hashOf } from './content-store.ts'
import { openDisk } from './disk.ts'
import { createFirstLoads } from './first-load.ts'
import { parseSuitePath } from './suite-path.ts'

export interface SharedAssetsOptions {
  /** Where the folder is made in which files survive this process. */
  readonly folder: string
  readonly maxBytes: number
  readonly fetchAsset: FetchAsset
  /** Told of what makes things slower, and breaks nothing. */
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void
}

/** What is sent of a file. */
export interface Found {
  readonly app: SharedApp
  readonly type: AssetType
  readonly representation: Representation
  /** Whether every app of the build has this content, so that browsers may keep it. */
  readonly isCommon: boolean
  /** Whether the URL can have no other content, whichever app it came from. */
  readonly isInName: boolean
  /** Whether the pages of the build name it; others are asked for late. */
  readonly isNamed: boolean
}

/** Contents in memory: some builds of Dash, in all codings. */
const memoryBytes = 128 * 1024 * 1024

const mostFaults = 1000
const faultMs = 600_000

/**
 * The bundles, chunks and plotly.js of all apps, by content: what apps have in common is kept, coded
 * and sent once.
 */
export function createSharedAssets({ folder, maxBytes, fetchAsset, warn }: SharedAssetsOptions) {
  const told = new LRUCache<string, true>({ max: mostFaults, ttl: faultMs })
  const disk = openDisk({
    parent: folder,
    maxBytes,
    onFault: (cause) =>
      warn('the folder of shared assets cannot be used; what is in it is made again', { cause }),
  })
  const coder = createCoder((cause) => warn('a shared asset could not be compressed', { cause }))
  const contents = createContentStore({ disk, coder, memoryBytes })
  const builds = createBuilds(disk)
  const appBuilds = createAppBuilds({
    fetchAsset,
    contents,
    builds,
    onFault({ slug, appUrl }, cause) {
      if (told.has(appUrl + slug)) return
      told.set(appUrl + slug, true)
      warn("an app's bundles are not shared, and sent as the app sends them", { slug, cause })
    },
  })
  const chunks = createChunks({ fetchAsset, contents, builds, appBuilds })
  const firstLoads = createFirstLoads()

  async function fileOf(apps: readonly SharedApp[], build: string, path: string) {
    for (const app of apps) {
      const file = await builds.find(build, app, path)
      // What is no part of the build's name, an app says for its own pages alone.
      if (file && (file.isInName || app === apps[0])) return { app, file, isCommon: true }
    }
    const app = apps.find((one) => appBuilds.current(one, build))
    const chunk = app && (await chunks.fetch(app, build, path))
    return chunk && { app, ...chunk }
  }

  /** What neither memory nor disk has kept is asked for again; it must be what it was. */
  async function representationOf(
    { app, file, path }: { app: SharedApp; file: BuildFile; path: string },
    accepted: readonly CodingOrIdentity[],
  ): Promise<Representation | undefined> {
    const kept = await contents.get(file.hash, accepted)
    if (kept) return kept
    const fetched = await fetchAsset(app, path)
    if (!fetched || hashOf(fetched.bytes) !== file.hash) return undefined
    contents.put(fetched.bytes)
    return contents.get(file.hash, ['identity'])
  }

  return {
    firstLoads,
    latest: (app: SharedApp): AppBuild | undefined => appBuilds.latest(app),
    ofPage: (app: SharedApp, named: NamedAssets) => appBuilds.ofPage(app, named),

    /**
     * A file of a build, out of those apps that the person who asks may see.
     *
     * @returns `moved_on` when an app had the build once, `unknown` when none is known to have had it
     */
    async find(
      apps: readonly SharedApp[],
      build: string,
      path: string,
      accepted: readonly CodingOrIdentity[],
    ): Promise<Found | 'moved_on' | 'unknown'> {
      const found = await fileOf(apps, build, path)
      if (found) {
        const representation = await representationOf({ ...found, path }, accepted)
        if (!representation) return 'moved_on'
        const { app, file, isCommon } = found
        const isNamed = appBuilds.current(app, build)?.named.has(path) ?? true
        return { app, type: file.type, representation, isCommon, isInName: file.isInName, isNamed }
      }
      for (const app of apps) if (await builds.find(build, app, buildItself)) return 'moved_on'
      return 'unknown'
    },

    /**
     * What is kept of a file that a page of an app names, by the path with its fingerprint. That says
     * enough within one app: its pages name another one as soon as the file changes.
     */
    async named(app: SharedApp, raw: string, accepted: readonly CodingOrIdentity[]) {
      const known = appBuilds.naming(app, raw)
      const file = known && (await builds.find(known.build, app, parseSuitePath(raw).path))
      const representation = file && (await contents.get(file.hash, accepted))
      return representation && { type: file.type, representation }
    },

    /** A kept content that has these very bytes. */
    same: (bytes: Buffer, accepted: readonly CodingOrIdentity[]) =>
      contents.get(hashOf(bytes), accepted),

    use: contents.use,

    close(): void {
      coder.close()
    },
  }
}

export type SharedAssets = ReturnType<typeof createSharedAssets>
