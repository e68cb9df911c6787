import { datasetNameOf, datasetPath, folderOf } from './dataset-path.ts'
import type { FileStorage, OpenOptions } from './file-storage.ts'

/** A tenant's dataset. */
export interface Dataset {
  readonly name: string
  readonly size: number
  readonly etag: string
  readonly lastModified: Date
}

/** The only code that turns a tenant into a storage path. */
export interface Datasets {
  list(storagePrefix: string): Promise<Dataset[]>
  find(storagePrefix: string, name: string): Promise<Dataset | undefined>
  /** The bytes of a dataset that was found. */
  open(
    storagePrefix: string,
    name: string,
    options: OpenOptions,
  ): Promise<AsyncIterable<Uint8Array>>
}

export function createDatasets(storage: FileStorage): Datasets {
  return {
    async list(storagePrefix) {
      const files = await storage.list(folderOf(storagePrefix))
      return files.flatMap(({ path, ...facts }) => {
        const name = datasetNameOf(storagePrefix, path)
        return name === undefined ? [] : [{ name, ...facts }]
      })
    },
    async find(storagePrefix, name) {
      const path = datasetPath(storagePrefix, name)
      const file = path === undefined ? undefined : await storage.head(path)
      if (!file) return undefined
      const { size, etag, lastModified } = file
      return { name, size, etag, lastModified }
    },
    async open(storagePrefix, name, options) {
      const path = datasetPath(storagePrefix, name)
      if (path === undefined) throw new Error('Not the name of a dataset')
      return storage.open(path, options)
    },
  }
}
