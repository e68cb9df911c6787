import { intercept, replaceGetter } from './intercept.ts'
import type { OwnNames } from './own-names.ts'

/** IndexedDB: databases of one owner, under the names that the app gave them. */
export function keepDatabasesApart(names: OwnNames): void {
  for (const method of ['open', 'deleteDatabase'] as const) {
    intercept(IDBFactory.prototype, method, (call, _factory, args) => {
      if (args.length > 0) args[0] = names.full(args[0])
      return call()
    })
  }
  intercept(IDBFactory.prototype, 'databases', async (call) => {
    const all = (await call()) as IDBDatabaseInfo[]
    return all.flatMap((one) => {
      const name = names.short(one.name ?? '')
      return name === undefined ? [] : [{ ...one, name }]
    })
  })
  replaceGetter(IDBDatabase.prototype, 'name', (full) => names.short(full) ?? full)
}
