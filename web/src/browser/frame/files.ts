import { intercept } from './intercept.ts'

/** The origin's private files: each owner has a folder, which it takes for the root. */
export function keepFilesApart(prefix: string): void {
  if (!('StorageManager' in window)) return
  intercept(StorageManager.prototype, 'getDirectory', async (call) => {
    const root = (await call()) as FileSystemDirectoryHandle
    return root.getDirectoryHandle(encodeURIComponent(prefix), { create: true })
  })
}
