import type { KeyRow, RingName } from './key-row.ts'
import { deriveKey, seal, unseal } from './seal.ts'

/** What the secrets of the key rings are sealed under. */
export interface MasterKeys {
  readonly current: Uint8Array
  /** The one before, while replicas that know no other are still running. */
  readonly previous?: Uint8Array
}

export type Seals = Pick<KeyRow, 'secretSealed' | 'secretResealed'>

/** What names a key; its seal opens in no other place. */
type Place = Pick<KeyRow, 'ring' | 'kid'>

const sealingKey = (masterKey: Uint8Array) => deriveKey(masterKey, 'dashgate key rings v1')

export function masterKeysOf(current: Uint8Array, previous?: Uint8Array): MasterKeys {
  return {
    current: sealingKey(current),
    ...(previous === undefined ? {} : { previous: sealingKey(previous) }),
  }
}

const contextOf = (ring: RingName, kid: string) => `dashgate key ring ${ring} ${kid}`

/** While one master key follows another, each replica finds a seal that it can open. */
export function sealSecret(
  { current, previous }: MasterKeys,
  { ring, kid }: Place,
  secret: string,
): Seals {
  const sealUnder = (key: Uint8Array) => seal(key, contextOf(ring, kid), secret)
  if (previous === undefined) return { secretSealed: sealUnder(current), secretResealed: null }
  return { secretSealed: sealUnder(previous), secretResealed: sealUnder(current) }
}

const openUnder = (
  masterKey: Uint8Array | undefined,
  { ring, kid }: Place,
  sealed: string | null,
) => (masterKey && sealed !== null ? unseal(masterKey, contextOf(ring, kid), sealed) : undefined)

/** `undefined` when neither master key opens either seal. */
export const openSecret = ({ current, previous }: MasterKeys, row: Place & Seals) =>
  openUnder(current, row, row.secretSealed) ??
  openUnder(current, row, row.secretResealed) ??
  openUnder(previous, row, row.secretSealed) ??
  openUnder(previous, row, row.secretResealed)

/**
 * The seals that a row lacks for its next reader: one under the current master key beside the one
 * before, or, once the one before is no longer configured, the current one alone.
 *
 * @returns `undefined` when the row is as it should be, or opens under neither
 */
export function missingSeals(masterKeys: MasterKeys, row: Place & Seals): Seals | undefined {
  const { current, previous } = masterKeys
  if (openUnder(current, row, row.secretSealed) !== undefined) return undefined
  const secretResealed = row.secretResealed
  if (secretResealed !== null && openUnder(current, row, secretResealed) !== undefined) {
    return previous === undefined
      ? { secretSealed: secretResealed, secretResealed: null }
      : undefined
  }
  const secret = openSecret(masterKeys, row)
  return secret === undefined ? undefined : sealSecret(masterKeys, row, secret)
}
