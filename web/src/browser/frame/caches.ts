import { intercept } from './intercept.ts'
import type { OwnNames } from './own-names.ts'

/** The Cache API: caches of one owner only, of which `match` without a name searches each. */
export function keepCachesApart(names: OwnNames): void {
  // Missing where the site is not reached over TLS.
  if (!('caches' in window)) return
  const { match } = CacheStorage.prototype
  for (const method of ['open', 'has', 'delete'] as const) {
    intercept(CacheStorage.prototype, method, (call, _caches, args) => {
      if (args.length > 0) args[0] = names.full(args[0])
      return call()
    })
  }
  intercept(CacheStorage.prototype, 'keys', async (call) => {
    const all = (await call()) as string[]
    return all.map((name) => names.short(name)).filter((name) => name !== undefined)
  })
  CacheStorage.prototype.match = async function (request, options = {}) {
    const searched = options.cacheName === undefined ? await this.keys() : [options.cacheName]
    for (const name of searched) {
      const found = await match.call(this, request, { ...options, cacheName: names.full(name) })
      if (found !== undefined) return found
    }
    return undefined
  }
}
