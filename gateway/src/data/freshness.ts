import type { Datasets } from './datasets.ts'

export interface FreshnessOptions {
  readonly list: Datasets['list']
  /** How long an answer counts, in milliseconds. */
  readonly keptMs?: number
  /** How long a page waits for the first one. */
  readonly waitMs?: number
  readonly onFault: (error: unknown) => void
  readonly now?: () => number
}

interface Known {
  newest: Date | undefined
  readAt: number
  reading: Promise<void> | undefined
}

/** More tenants than are looked at within a few minutes. */
const mostKept = 5000

/**
 * How new a tenant's data are: when the newest of its datasets was written. A page never waits for the
 * storage longer than a moment: what was known is said until more is known, and nothing if nothing is.
 */
export function createFreshness({
  list,
  keptMs = 60_000,
  waitMs = 150,
  onFault,
  now = Date.now,
}: FreshnessOptions) {
  const known = new Map<string, Known>()

  async function read(storagePrefix: string, entry: Known): Promise<void> {
    try {
      const times = (await list(storagePrefix)).map(({ lastModified }) => lastModified.getTime())
      entry.newest = times.length === 0 ? undefined : new Date(Math.max(...times))
    } catch (error) {
      onFault(error)
    } finally {
      // After a fault, too: a storage that does not answer is not asked by every page.
      entry.readAt = now()
      entry.reading = undefined
    }
  }

  return async function newestOf(storagePrefix: string): Promise<Date | undefined> {
    const entry = known.get(storagePrefix) ?? {
      newest: undefined,
      readAt: Number.NEGATIVE_INFINITY,
      reading: undefined,
    }
    if (!known.has(storagePrefix)) {
      if (known.size >= mostKept) known.clear()
      known.set(storagePrefix, entry)
    }
    if (now() - entry.readAt < keptMs) return entry.newest
    const isFirst = entry.readAt === Number.NEGATIVE_INFINITY
    entry.reading ??= read(storagePrefix, entry)
    if (isFirst) await Promise.race([entry.reading, moment(waitMs)])
    return entry.newest
  }
}

const moment = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref()
  })

export type NewestOf = ReturnType<typeof createFreshness>
