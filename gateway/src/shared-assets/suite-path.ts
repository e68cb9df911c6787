/** Folder below a dashboard's path, and below a build's, in which Dash keeps what packages bring. */
export const suitesFolder = '_dash-component-suites/'

/** plotly.js, which no page names: Dash's own script asks for it when the first graph is drawn. */
export const plotlyPath = 'plotly/package_data/plotly.min.js'

/** Dash's own form (`dash/fingerprint.py`): version and file time, after the first dot of the name. */
const fingerprintForm = /^v([\w-]+)m[0-9a-fA-F]+$/

/** A file of a component suite, whatever fingerprint it was asked for with. */
export interface SuitePath {
  /** Below `_dash-component-suites/`, without the fingerprint. */
  readonly path: string
  /** Of the package, as the fingerprint says it; the file time, which differs between replicas, is left out. */
  readonly version: string | undefined
}

/**
 * Takes the fingerprint out of a path below `_dash-component-suites/`. Dash never looks at it: any
 * value gets the file of today, so that it cannot tell contents apart.
 */
export function parseSuitePath(path: string): SuitePath {
  const slash = path.lastIndexOf('/') + 1
  const [stem = '', mark, ...rest] = path.slice(slash).split('.')
  const version = fingerprintForm.exec(mark ?? '')?.[1]
  if (version === undefined || rest.length === 0) return { path, version: undefined }
  return { path: path.slice(0, slash) + [stem, ...rest].join('.'), version }
}

/** What pages of Dash name; everything else (`..`, queries, encodings) is left as it is. */
const pathForm = /^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[\w@.+/-]{1,300}$/

/**
 * Whether a file may be the same for all dashboards at all. Browsers share a SharedWorker among pages
 * that name the same URL: all dashboards would speak through one socket.
 */
export const isShareable = (path: string): boolean =>
  pathForm.test(path) && /\.(?:js|css)$/.test(path) && !/(?:^|\/)dash-ws-worker\./.test(path)

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)

/**
 * The named file next to which, or above which, a chunk lies: webpack asks for chunks in the folder
 * of the script that runs.
 *
 * @returns `undefined` for what lies beside no named file and so cannot be one of its chunks
 */
export function bundleOf(chunk: string, named: Iterable<string>): string | undefined {
  let nearest: string | undefined
  for (const path of named) {
    const folder = folderOf(path)
    const isNearer = nearest === undefined || folder.length > folderOf(nearest).length
    if (folder !== '' && chunk.startsWith(folder) && isNearer) nearest = path
  }
  return nearest
}
