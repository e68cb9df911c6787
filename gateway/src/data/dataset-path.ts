/**
 * A dataset's name is a name, never a path: letters, digits, hyphen and underscore. The storage
 * client resolves `..` by itself, and the service turns `\` into `/` and drops trailing dots
 * (tsanetgit/Connect_SDK#71, Azure/azure-sdk-for-js#22654), so there is no character for any of it.
 */
const datasetForm = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/
const ending = '.parquet'

export const isDatasetName = (name: string): boolean => datasetForm.test(name)

/** Of the database's own making (its type `slug`), and looked at again before it becomes a path. */
const prefixForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The folder of a tenant; the closing slash keeps `a` out of `ab`.
 *
 * @throws when the prefix is not one plain segment
 */
export function folderOf(storagePrefix: string): string {
  if (!prefixForm.test(storagePrefix)) throw new Error('Not the storage prefix of a tenant')
  return `${storagePrefix}/`
}

/** Where a tenant's dataset lies in the container, or `undefined` when that is no dataset's name. */
export function datasetPath(storagePrefix: string, name: string): string | undefined {
  return isDatasetName(name) ? `${folderOf(storagePrefix)}${name}${ending}` : undefined
}

/** The dataset's name again; `undefined` for whatever else lies in the folder. */
export function datasetNameOf(storagePrefix: string, path: string): string | undefined {
  const folder = folderOf(storagePrefix)
  if (!path.startsWith(folder) || !path.endsWith(ending)) return undefined
  const name = path.slice(folder.length, -ending.length)
  return isDatasetName(name) ? name : undefined
}

/**
 * Whether a request to `url` asks for what `path` says, below the container: judged on the URL that
 * will be sent, after everything that the client has made of it.
 */
export function addresses(url: string, containerUrl: string, path: string): boolean {
  const target = new URL(url)
  const container = new URL(containerUrl)
  const expected = `${container.pathname.replace(/\/$/, '')}/${path}`
  return target.origin === container.origin && target.pathname === expected
}
