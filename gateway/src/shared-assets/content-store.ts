import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { codings, type Coding, type CodingOrIdentity } from '../http/content-coding.ts'
import type { Representation } from '../http/send-representation.ts'
import type { Coder } from './coder.ts'
import type { Disk } from './disk.ts'

export interface ContentStoreOptions {
  readonly disk: Pick<Disk, 'read' | 'write'>
  readonly coder: Pick<Coder, 'quickly' | 'thoroughly'>
  readonly memoryBytes: number
}

/** Coding what fits into a packet or two saves nothing. */
const leastCoded = 512

/** How long a file that another process may be writing is taken for missing. */
const missingMs = 30_000

const nameOf = (hash: string, coding: CodingOrIdentity) =>
  coding === 'identity' ? `content-${hash}` : `content-${hash}.${coding}`

const representation = (coding: CodingOrIdentity, bytes: Buffer): Representation => ({
  coding,
  bytes,
  etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`,
})

/** A content as it is. */
export const wholeOf = (bytes: Buffer): Representation => representation('identity', bytes)

/** Names a content by all of its bytes. */
export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Contents by their hash, in all codings: in memory as far as there is room, on disk if there is one.
 * What is lost is no fault: it is asked of an app again.
 */
export function createContentStore({ disk, coder, memoryBytes }: ContentStoreOptions) {
  const memory = new LRUCache<string, Representation>({
    maxSize: memoryBytes,
    sizeCalculation: ({ bytes }) => bytes.length + 100,
  })
  const missing = new LRUCache<string, true>({ max: 10_000, ttl: missingMs })
  const underWay = new Set<string>()
  let hits = 0
  let misses = 0

  function keep(hash: string, coding: CodingOrIdentity, bytes: Buffer): void {
    const name = nameOf(hash, coding)
    memory.set(name, representation(coding, bytes))
    missing.delete(name)
  }

  async function find(hash: string, coding: CodingOrIdentity): Promise<Representation | undefined> {
    const name = nameOf(hash, coding)
    const inMemory = memory.get(name)
    if (inMemory || missing.has(name)) return inMemory
    const bytes = await disk.read(name)
    if (bytes === undefined) missing.set(name, true)
    else keep(hash, coding, bytes)
    return memory.get(name)
  }

  async function code(hash: string, coding: Coding, bytes: Buffer): Promise<void> {
    const name = nameOf(hash, coding)
    if (underWay.has(name)) return
    underWay.add(name)
    try {
      if (await find(hash, coding)) return
      const quick = await coder.quickly(bytes, coding)
      if (quick) keep(hash, coding, quick)
      const best = await coder.thoroughly(bytes, coding)
      if (!best) return
      keep(hash, coding, best)
      await disk.write(name, best)
    } finally {
      underWay.delete(name)
    }
  }

  return {
    /** Keeps a content and has it coded, beside everything else. @returns its hash */
    put(bytes: Buffer): string {
      const hash = hashOf(bytes)
      const name = nameOf(hash, 'identity')
      if (!memory.has(name)) {
        keep(hash, 'identity', bytes)
        void disk.write(name, bytes)
      }
      if (bytes.length >= leastCoded) for (const one of codings) void code(hash, one, bytes)
      return hash
    },

    /**
     * What to send of a content: the first of the codings that is there.
     *
     * @returns `undefined` for a content that is not here, or no longer
     */
    async get(
      hash: string,
      accepted: readonly CodingOrIdentity[],
    ): Promise<Representation | undefined> {
      for (const coding of accepted) {
        const found = memory.get(nameOf(hash, coding)) ?? (await find(hash, coding))
        if (found) {
          hits += 1
          return found
        }
      }
      misses += 1
      return undefined
    },

    /** How often it helped, for the metrics. */
    use: () => ({ entries: memory.size, hits, misses }),
  }
}

export type ContentStore = ReturnType<typeof createContentStore>
