/** Names that one owner uses, as the browser knows them: with the owner's prefix (`storage-names.ts`). */
export interface OwnNames {
  full(name: unknown): string
  /** Nothing when the name is somebody else's. */
  short(full: string): string | undefined
}

export function ownNames(prefix: string): OwnNames {
  return {
    full: (name) => prefix + String(name),
    short: (full) => (full.startsWith(prefix) ? full.slice(prefix.length) : undefined),
  }
}
