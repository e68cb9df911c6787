import { keepCachesApart } from './caches.ts'
import { keepChannelsApart, keepSharedWorkersApart } from './channels.ts'
import { forgetWindowName, hideCookies } from './cookies.ts'
import { keepDatabasesApart } from './databases.ts'
import { keepFilesApart } from './files.ts'
import { ownNames } from './own-names.ts'
import { keepStorageApart } from './storage.ts'
import { prefixOf, type StorageOwner } from './storage-names.ts'

/**
 * What the browser keeps or shares by origin, one part for each way to reach it; all dashboards have
 * one origin (docs/decisions/0003). It keeps apart those that mean no harm: a script that wants
 * another's entries can make a frame whose functions are the browser's own.
 */
export function partsKeptApart(owner: StorageOwner): (() => void)[] {
  const prefix = prefixOf(owner)
  const names = ownNames(prefix)
  return [
    () => keepStorageApart(prefix),
    () => keepDatabasesApart(names),
    () => keepCachesApart(names),
    () => keepFilesApart(prefix),
    () => keepChannelsApart(names),
    () => keepSharedWorkersApart(names),
    hideCookies,
    forgetWindowName,
  ]
}
