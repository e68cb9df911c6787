import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Replaces each e-mail address within a text. */
export type AddressPolicy = (text: string) => string

/** Wider than what is an address: a word too many is lost, and no address stays. */
const address = /[^\s"'<>()[\]{}:;,@/\\=]+@[^\s"'<>()[\]{}:;,@/\\=]+/gu

/** The people of a day; each is hashed once. */
const remembered = 10_000

/**
 * What becomes of e-mail addresses in the log (`LOG_PII`). Hashed under a key, since addresses could be
 * tried one by one; the same one always gives the same, so that the lines of one person can be found.
 *
 * @returns `undefined` where they stay as they are
 */
export function addressPolicy(
  policy: 'full' | 'hash' | 'none',
  key = '',
): AddressPolicy | undefined {
  if (policy === 'full') return undefined
  if (policy === 'none') return (text) => text.replace(address, '[email]')
  const hashes = new LRUCache<string, string>({ max: remembered })
  const hashOf = (one: string): string => {
    const known = hashes.get(one)
    if (known !== undefined) return known
    const digest = createHmac('sha256', key).update(one.toLowerCase()).digest('hex').slice(0, 24)
    const hash = `email:${digest}`
    hashes.set(one, hash)
    return hash
  }
  return (text) => text.replace(address, hashOf)
}
