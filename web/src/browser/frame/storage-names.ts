export interface StorageOwner {
  tenant: string
  user: string
  slug: string
}

/** Names of one owner's entries; two different owners never share a prefix, nor does one's begin another's. */
export function prefixOf({ tenant, user, slug }: StorageOwner): string {
  // The parts hold no `/` once encoded, so three of them and a closing `/` read only one way.
  const parts = [tenant, user, slug].map((part) => encodeURIComponent(part))
  return `dashgate/${parts.join('/')}/`
}

/** The part of Web Storage that the namespacing stands on. */
export type RawStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** One owner's entries of a storage, as if they were all there is. */
export function ownEntries(raw: RawStorage, prefix: string) {
  const keys = (): string[] =>
    Array.from({ length: raw.length }, (_, i) => raw.key(i))
      .filter((name): name is string => name?.startsWith(prefix) === true)
      .map((name) => name.slice(prefix.length))

  return {
    keys,
    get length() {
      return keys().length
    },
    key: (index: number) => keys()[index] ?? null,
    getItem: (key: string) => raw.getItem(prefix + key),
    setItem: (key: string, value: string) => raw.setItem(prefix + key, value),
    removeItem: (key: string) => raw.removeItem(prefix + key),
    clear: () => {
      for (const key of keys()) raw.removeItem(prefix + key)
    },
  }
}

export type OwnEntries = ReturnType<typeof ownEntries>
