import type { StorageSource } from '../config/storage.ts'
import { createAzureStorage } from './azure-storage.ts'
import type { FileStorage } from './file-storage.ts'
import { createFolderStorage } from './folder-storage.ts'

/** The storage that is configured. Neither connects nor signs in: that is for the first request. */
export async function openStorage(source: StorageSource): Promise<FileStorage> {
  if ('folder' in source) return createFolderStorage(source.folder)
  if (!('identity' in source)) return createAzureStorage(source)
  // Loaded here, since not every gateway needs it: it takes a fifth of a second at the start.
  const { createAzureCredential } = await import('./azure-credential.ts')
  const { accountUrl, identity } = source
  return createAzureStorage({ accountUrl, credential: createAzureCredential(identity) })
}
