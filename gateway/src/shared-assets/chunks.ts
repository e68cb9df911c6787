import { LRUCache } from 'lru-cache'
import type { AppBuild, AppBuilds, FetchAsset } from './app-builds.ts'
import type { BuildFile, Builds, SharedApp } from './builds.ts'
import { hashOf, type ContentStore } from './content-store.ts'
import { bundleOf } from './suite-path.ts'

export interface ChunksOptions {
  readonly fetchAsset: FetchAsset
  readonly contents: Pick<ContentStore, 'put'>
  readonly builds: Pick<Builds, 'add' | 'find'>
  readonly appBuilds: Pick<AppBuilds, 'current' | 'setApart'>
}

/** A chunk, and whether other apps of its build have the same. */
export interface Chunk {
  readonly file: BuildFile
  readonly isCommon: boolean
}

const mostChunks = 200
const refusedMs = 30_000

/**
 * Files that no page names: Dash asks for them next to a bundle that one does. They carry no
 * fingerprint, so that an app which has moved on would give those of another build. A chunk is
 * believed to be of a build when the app, asked right after it, still has that build's bundle.
 */
export function createChunks({ fetchAsset, contents, builds, appBuilds }: ChunksOptions) {
  const refused = new LRUCache<string, true>({ max: 10_000, ttl: refusedMs })
  const counts = new LRUCache<string, number>({ max: 10_000 })
  const common = new LRUCache<string, string>({ max: 20_000 })
  const underWay = new Map<string, Promise<Chunk | undefined>>()
  const queues = new Map<string, Promise<unknown>>()

  async function stillHas(app: SharedApp, { build, named }: AppBuild, bundle: string) {
    const fetched = await fetchAsset(app, named.get(bundle) ?? bundle)
    const file = await builds.find(build, app, bundle)
    return fetched !== undefined && file?.hash === hashOf(fetched.bytes)
  }

  async function take(app: SharedApp, known: AppBuild, path: string): Promise<Chunk | undefined> {
    const bundle = bundleOf(path, known.named.keys())
    if (bundle === undefined) return undefined
    const fetched = await fetchAsset(app, path)
    if (!fetched || !(await stillHas(app, known, bundle))) return undefined
    const hash = contents.put(fetched.bytes)
    const file: BuildFile = { hash, type: fetched.type, isInName: false }
    const place = `${known.build} ${path}`
    const isCommon = (common.get(place) ?? file.hash) === file.hash
    if (isCommon) common.set(place, file.hash)
    else appBuilds.setApart(app, path, file.hash)
    builds.add(known.build, app, path, file)
    return { file, isCommon }
  }

  /** One at a time for each app, so that nobody's questions keep it from its work. */
  function inTurn<T>(app: SharedApp, work: () => Promise<T>): Promise<T> {
    const before = queues.get(app.appUrl) ?? Promise.resolve()
    const done = before.then(work)
    const settled = done.catch(() => {})
    queues.set(app.appUrl, settled)
    void settled.then(() => queues.get(app.appUrl) === settled && queues.delete(app.appUrl))
    return done
  }

  return {
    /**
     * Asks an app for a chunk of a build that its pages are made of.
     *
     * @returns `undefined` when it has no such chunk, or no longer
     */
    async fetch(app: SharedApp, build: string, path: string): Promise<Chunk | undefined> {
      const known = appBuilds.current(app, build)
      const key = JSON.stringify([app.slug, app.appUrl, build, path])
      const counted = `${app.slug} ${app.appUrl} ${build}`
      const count = counts.get(counted) ?? 0
      if (!known || refused.has(key) || count >= mostChunks) return undefined
      const taken =
        underWay.get(key) ??
        inTurn(app, () => take(app, known, path)).finally(() => underWay.delete(key))
      underWay.set(key, taken)
      const chunk = await taken
      if (chunk) counts.set(counted, count + 1)
      else refused.set(key, true)
      return chunk
    },
  }
}

export type Chunks = ReturnType<typeof createChunks>
