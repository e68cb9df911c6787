import { deriveKey, seal, unseal } from './seal.ts'

/** A key of the ring `data`. */
export interface DataKey {
  readonly kid: string
  readonly secret: Uint8Array
}

const version = 'v1'
const contextOf = (kid: string) => `dashgate at rest ${version} ${kid}`

/**
 * The data key alone opens nothing, and neither does the secret that only the cookie holds: a copy
 * of the database, even together with the master key, gives no refresh token. The data key has a
 * fixed length, so the two cannot run into each other.
 */
const keyFor = ({ kid, secret }: DataKey, cookieSecret: string): Buffer =>
  deriveKey(Buffer.concat([secret, Buffer.from(cookieSecret)]), contextOf(kid))

export function sealAtRest(key: DataKey, plaintext: string, cookieSecret: string): string {
  const sealed = seal(keyFor(key, cookieSecret), contextOf(key.kid), plaintext)
  return `${version}.${key.kid}.${sealed}`
}

/** The data key that an envelope names. */
export const keyIdOf = (envelope: string): string => envelope.split('.')[1] ?? ''

/** `undefined` when it was changed, sealed for another cookie, or under a key that is gone. */
export function openAtRest(
  keys: readonly DataKey[],
  envelope: string,
  cookieSecret: string,
): string | undefined {
  const [format, kid, sealed, ...rest] = envelope.split('.')
  if (format !== version || sealed === undefined || rest.length > 0) return undefined
  const key = keys.find((candidate) => candidate.kid === kid)
  return key && unseal(keyFor(key, cookieSecret), contextOf(key.kid), sealed)
}
