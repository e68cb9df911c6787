import { importJWK, type CryptoKey, type JWK } from 'jose'
import type { DataKey } from './at-rest.ts'
import type { KeyRow, RingName } from './key-row.ts'
import { openSecret, type MasterKeys } from './master-seal.ts'
import { lateUse } from './retention.ts'

/** A key whose secret is at hand. */
export interface OpenedKey extends Pick<
  KeyRow,
  'id' | 'ring' | 'kid' | 'createdAt' | 'usedFrom' | 'retiredAt'
> {
  readonly secret: string
}

export interface OpenedRows {
  /** Oldest first. */
  readonly keys: readonly OpenedKey[]
  /** Rows that do not open any more, of keys that this process remembers. */
  readonly damaged: readonly KeyRow[]
  /** Rows that it cannot open and has never opened: others may make things with these keys. */
  readonly unknown: readonly KeyRow[]
}

/** A key's secret never changes, so what was opened once stands in for a row that is damaged since. */
export function openRows(
  rows: readonly KeyRow[],
  masterKeys: MasterKeys,
  remembered: readonly OpenedKey[],
): OpenedRows {
  const [keys, damaged, unknown]: [OpenedKey[], KeyRow[], KeyRow[]] = [[], [], []]
  for (const row of rows) {
    const opened = openSecret(masterKeys, row)
    const known = remembered.find(({ kid, ring }) => kid === row.kid && ring === row.ring)
    const secret = opened ?? known?.secret
    const { id, ring, kid, createdAt, usedFrom, retiredAt } = row
    if (secret !== undefined) {
      keys.push({ id, ring, kid, createdAt, usedFrom, retiredAt, secret })
    }
    if (opened === undefined) (known ? damaged : unknown).push(row)
  }
  return { keys, damaged, unknown }
}

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

/** One that signs now, has signed, or will. */
export interface TokenKey extends SigningKey {
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
  readonly usedFrom: Date | null
  readonly retiredAt: Date | null
}

/** The rings as they are used. */
export interface Rings {
  readonly keys: readonly OpenedKey[]
  /** iron-session's map of passwords, by the id that it writes into a seal. */
  readonly cookiePasswords: Readonly<Record<string, string>>
  readonly newestId: number
  /** Of rows that this process cannot open. */
  readonly unreadableIds: ReadonlySet<number>
  readonly dataKeys: readonly DataKey[]
  readonly tokenKeys: readonly TokenKey[]
}

export async function ringsOf({ keys, unknown }: OpenedRows): Promise<Rings> {
  const of = (ring: RingName) => keys.filter((key) => key.ring === ring)
  return {
    keys,
    cookiePasswords: Object.fromEntries(of('cookie').map(({ id, secret }) => [id, secret])),
    newestId: Math.max(0, ...keys.map(({ id }) => id)),
    unreadableIds: new Set(unknown.map(({ id }) => id)),
    dataKeys: of('data').map(({ kid, secret }) => ({
      kid,
      secret: Buffer.from(secret, 'base64url'),
    })),
    tokenKeys: await Promise.all(of('tenant-token').map(tokenKeyOf)),
  }
}

/** The public half comes from the sealed one: what is readable in the row could have been replaced. */
async function tokenKeyOf({ kid, secret, usedFrom, retiredAt }: OpenedKey): Promise<TokenKey> {
  const privateJwk = JSON.parse(secret) as JWK
  const { kty, crv, x } = privateJwk
  const publicJwk = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' } as JWK
  const [privateKey, publicKey] = [await edKey(privateJwk), await edKey(publicJwk)]
  return { kid, privateKey, publicKey, publicJwk, usedFrom, retiredAt }
}

async function edKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA')
  if (key instanceof Uint8Array)
    throw new TypeError('A key of the tenant-token ring is no key pair')
  return key
}

type Use = Pick<KeyRow, 'usedFrom' | 'retiredAt'>

/**
 * The key that signs: the newest of those whose time has come, which may be one whose successor
 * waits until every app can have heard of it.
 *
 * @returns `undefined` when it should have been followed by one that is not here
 */
export function signingKeyAt<T extends Use>(keys: readonly T[], now: number): T | undefined {
  const used = keys.filter(({ usedFrom }) => usedFrom !== null)
  const byUse = used.toSorted((a, b) => timeOf(a.usedFrom) - timeOf(b.usedFrom))
  // Where clocks differ, the first of all keys may begin in a moment.
  const key = byUse.findLast(({ usedFrom }) => timeOf(usedFrom) <= now) ?? byUse[0]
  return key && (key.retiredAt === null || now < timeOf(key.retiredAt) + lateUse * 1000)
    ? key
    : undefined
}

const timeOf = (date: Date | null) => date?.getTime() ?? 0

/** The key of a ring that seals what is new. */
export const sealingKey = (keys: readonly OpenedKey[], ring: RingName): OpenedKey | undefined =>
  keys.findLast((key) => key.ring === ring && key.retiredAt === null)
