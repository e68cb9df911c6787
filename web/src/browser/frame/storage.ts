import { type OwnEntries, ownEntries } from './storage-names.ts'

/** Dash keeps `dcc.Store` and persistence under bare component ids: without this, dashboards, tenants and people share them. */
export function keepStorageApart(prefix: string): void {
  for (const name of ['localStorage', 'sessionStorage'] as const) {
    const view = storageView(window[name], ownEntries(window[name], prefix))
    Object.defineProperty(window, name, { value: view, configurable: true, enumerable: true })
  }
  addEventListener('storage', (event) => translate(event, prefix), { capture: true })
}

/** A `Storage` to look at (methods, properties, `in`, `Object.keys`) that shows one owner's entries only. */
export function storageView(real: Storage, own: OwnEntries): Storage {
  const methods = new Map<PropertyKey, unknown>([
    ['getItem', (key: unknown) => own.getItem(String(key))],
    ['setItem', (key: unknown, value: unknown) => own.setItem(String(key), String(value))],
    ['removeItem', (key: unknown) => own.removeItem(String(key))],
    ['key', (index: number) => own.key(index)],
    ['clear', () => own.clear()],
  ])
  const entry = (key: PropertyKey) => (typeof key === 'string' ? own.getItem(key) : null)

  return new Proxy(real, {
    get(target, key) {
      if (key === 'length') return own.length
      if (methods.has(key)) return methods.get(key)
      return entry(key) ?? inherited(target, key)
    },
    set(_target, key, value) {
      if (typeof key === 'string') own.setItem(key, String(value))
      return true
    },
    has: (target, key) => entry(key) !== null || key in Object.getPrototypeOf(target),
    deleteProperty(_target, key) {
      if (typeof key === 'string') own.removeItem(key)
      return true
    },
    ownKeys: () => own.keys(),
    defineProperty(_target, key, { value }) {
      if (typeof key === 'string') own.setItem(key, String(value))
      return true
    },
    getOwnPropertyDescriptor(_target, key) {
      const value = entry(key)
      if (value === null) return undefined
      return { value, writable: true, enumerable: true, configurable: true }
    },
  })
}

/** Never the target's own value: that would be an entry of nobody's namespace. */
function inherited(target: Storage, key: PropertyKey): unknown {
  return Reflect.get(Object.getPrototypeOf(target), key, target)
}

/** Another tab's change arrives under its full name: ours is told under the short one, others' not at all. */
function translate(event: StorageEvent, prefix: string): void {
  if (!event.isTrusted) return
  event.stopImmediatePropagation()
  if (event.key?.startsWith(prefix) !== true) return
  const { oldValue, newValue, url } = event
  dispatchEvent(
    new StorageEvent('storage', { key: event.key.slice(prefix.length), oldValue, newValue, url }),
  )
}
