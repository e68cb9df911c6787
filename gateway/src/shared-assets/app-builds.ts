import { LRUCache } from 'lru-cache'
import { buildOf, type AssetType, type Builds, type SharedApp } from './builds.ts'
import { hashOf, type ContentStore } from './content-store.ts'
import { isShareable, parseSuitePath, plotlyPath, suitesFolder } from './suite-path.ts'

/** What an index page names. */
export interface NamedAssets {
  /** Below `_dash-component-suites/`, with their fingerprints. */
  readonly paths: readonly string[]
  /** Of what no fingerprint tells: plotly.js is upgraded apart from Dash. */
  readonly versions: string
}

/** A file as an app gave it to somebody who did not say who asks. */
export interface FetchedAsset {
  readonly bytes: Buffer
  readonly type: AssetType
}

/** @returns `undefined` for what may not be shared */
export type FetchAsset = (app: SharedApp, path: string) => Promise<FetchedAsset | undefined>

/** What an app's pages are made of, once all of it is known. */
export interface AppBuild {
  readonly build: string
  /** From the path that a page names to the URL that is shared by all. */
  readonly urls: ReadonlyMap<string, string>
  /** From the path without its fingerprint to the one that a page names. */
  readonly named: ReadonlyMap<string, string>
  readonly plotlyUrl: string | undefined
}

export interface AppBuildsOptions {
  readonly fetchAsset: FetchAsset
  readonly contents: Pick<ContentStore, 'put'>
  readonly builds: Pick<Builds, 'add'>
  /** Told why an app's files are not shared. */
  readonly onFault: (app: SharedApp, cause: unknown) => void
  readonly now?: () => number
}

/** One set of names that pages of an app have; replicas with other file times have sets of their own. */
interface NamedSet {
  known: AppBuild | undefined
  looks: number
  lookedAt: number
}

interface AppState {
  readonly sets: LRUCache<string, NamedSet>
  last: AppBuild | undefined
  /** One at a time, whatever an app names. */
  isLooking: boolean
  /** Chunks in which this app differs from others of its build, which so is its own. */
  readonly ownChunks: Map<string, string>
}

const mostApps = 2000
const mostSets = 8
const mostNamed = 200

/**
 * A deploy shows in the names. What does not (a file changed in place, a replica that gave the file of
 * the release before) is found by looking again: soon after the first time, then now and then.
 */
const lookAgainMs = { first: 30_000, later: 600_000 }

const setKey = ({ paths, versions }: NamedAssets) =>
  hashOf(Buffer.from([...paths.toSorted(), versions].join('\n')))

/** The entry that says that an app had a build at all; no file has such a path. */
export const buildItself = ''

/** Path of a file in the space that all dashboards share. */
export const sharedUrl = (build: string, path: string) => `/_shared/${build}/${suitesFolder}${path}`

/** Which build the pages of each app are of; found out beside the requests, never during one. */
export function createAppBuilds(options: AppBuildsOptions) {
  const { fetchAsset, contents, builds, onFault, now = Date.now } = options
  const apps = new LRUCache<string, AppState>({ max: mostApps })

  function stateOf({ slug, appUrl }: SharedApp): AppState {
    const key = `${slug} ${appUrl}`
    let state = apps.get(key)
    if (!state) {
      state = {
        sets: new LRUCache({ max: mostSets }),
        last: undefined,
        isLooking: false,
        ownChunks: new Map(),
      }
      apps.set(key, state)
    }
    return state
  }

  async function fetchNamed(app: SharedApp, paths: readonly string[]) {
    const files = new Map<string, FetchedAsset & { raw: string; version: string | undefined }>()
    // One after the other, over one connection: so they come from one replica of the app.
    for (const raw of paths) {
      const { path, version } = parseSuitePath(raw)
      if (!isShareable(path)) continue
      const fetched = await fetchAsset(app, raw)
      if (!fetched) throw new Error(`${raw} cannot be shared`)
      if (files.has(path)) throw new Error(`${path} is named twice`)
      files.set(path, { ...fetched, raw, version })
    }
    return files
  }

  async function look(app: SharedApp, { paths }: NamedAssets): Promise<AppBuild> {
    const files = await fetchNamed(app, paths)
    const plotly = await fetchAsset(app, plotlyPath)
    if (plotly) files.set(plotlyPath, { ...plotly, raw: plotlyPath, version: undefined })
    const hashes = new Map([...files].map(([path, { bytes }]) => [path, hashOf(bytes)]))
    const parts = new Map(
      [...files].map(([path, { version }]) => [path, { hash: hashes.get(path) ?? '', version }]),
    )
    for (const [path, hash] of stateOf(app).ownChunks) parts.set(path, { hash, version: undefined })
    const build = buildOf(parts)
    builds.add(build, app, buildItself, {
      hash: hashOf(Buffer.alloc(0)),
      type: 'js',
      isInName: false,
    })
    for (const [path, { bytes, type }] of files) {
      builds.add(build, app, path, { hash: contents.put(bytes), type, isInName: true })
    }
    const named = [...files].filter(([path]) => path !== plotlyPath)
    return {
      build,
      urls: new Map(named.map(([path, { raw }]) => [raw, sharedUrl(build, path)])),
      named: new Map(named.map(([path, { raw }]) => [path, raw])),
      plotlyUrl: plotly && sharedUrl(build, plotlyPath),
    }
  }

  function lookIfDue(app: SharedApp, named: NamedAssets, set: NamedSet): void {
    const pause = set.looks === 1 || !set.known ? lookAgainMs.first : lookAgainMs.later
    const state = stateOf(app)
    if (state.isLooking || (set.looks > 0 && now() - set.lookedAt < pause)) return
    state.isLooking = true
    look(app, named)
      .then(
        (known) => (set.known = known),
        (cause: unknown) => onFault(app, cause),
      )
      .finally(() => {
        state.isLooking = false
        Object.assign(set, { looks: set.looks + 1, lookedAt: now() })
      })
  }

  return {
    /** What the next page of an app will most likely be made of. */
    latest: (app: SharedApp): AppBuild | undefined => stateOf(app).last,

    /**
     * What a page with these names is made of.
     *
     * @returns `undefined` until that is known; it is being found out by then
     */
    ofPage(app: SharedApp, named: NamedAssets): AppBuild | undefined {
      if (named.paths.length === 0 || named.paths.length > mostNamed) return undefined
      const state = stateOf(app)
      const key = setKey(named)
      const set = state.sets.get(key) ?? { known: undefined, looks: 0, lookedAt: 0 }
      state.sets.set(key, set)
      lookIfDue(app, named, set)
      if (set.known) state.last = set.known
      return set.known
    },

    /** The build of that name, if pages of the app are still made of it. */
    current: (app: SharedApp, build: string): AppBuild | undefined =>
      [...stateOf(app).sets.values()].find(({ known }) => known?.build === build)?.known,

    /** The build whose pages name a path, fingerprint included. */
    naming: (app: SharedApp, path: string): AppBuild | undefined =>
      [...stateOf(app).sets.values()].find(({ known }) => known?.urls.has(path))?.known,

    /** An app has a chunk of its own: from now on its pages are of a build of their own. */
    setApart(app: SharedApp, path: string, hash: string): void {
      const state = stateOf(app)
      state.ownChunks.set(path, hash)
      for (const set of state.sets.values()) set.looks = 0
    },
  }
}

export type AppBuilds = ReturnType<typeof createAppBuilds>
