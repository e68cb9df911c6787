import { importJWK, type CryptoKey, type JWK } from 'jose'
import type { Database, Transaction } from '../db/client.ts'
import { openAtRest, sealAtRest, type DataKey } from './at-rest.ts'
import { addMissingKeys, readKeys, ringNames, rotateRing } from './key-store.ts'
import type { RingName, StoredKey } from './key-store.ts'
import { deriveKey } from './seal.ts'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

/** The gateway's keys: the newest of each ring makes, all of them read. */
export interface KeyRings {
  /** iron-session's map of passwords; the highest id seals. */
  cookiePasswords(): Record<string, string>
  sealAtRest(plaintext: string, cookieSecret: string): string
  /** `undefined` when it was changed, or the cookie or the key is another. */
  openAtRest(sealed: string, cookieSecret: string): string | undefined
  signingKey(): SigningKey
  publicKey(kid: string): CryptoKey | undefined
  publicJwks(): { keys: JWK[] }
  /** Stays the same through rotations, so that a page that is open keeps its CSRF token. */
  csrfKey(): string
  /** Reads the keys again; a failure leaves the last state. */
  reload(): Promise<void>
  /** New keys for one ring or all; what the old ones made stays readable for a while. */
  rotate(ring?: RingName): Promise<void>
  /** In a transaction for the purpose `admin`; the other replicas reload when it commits. */
  rotateIn(tx: Transaction, ring?: RingName): Promise<{ ring: RingName; kid: string }[]>
}

interface Rings {
  readonly cookiePasswords: Readonly<Record<string, string>>
  readonly dataKeys: readonly DataKey[]
  readonly newestDataKey: DataKey
  /** Oldest first. */
  readonly signingKeys: readonly (SigningKey & { readonly createdAt: Date })[]
  readonly publicKeys: ReadonlyMap<string, CryptoKey>
  readonly publicJwks: readonly JWK[]
}

/**
 * Reads the key rings, and makes the first keys when there are none.
 *
 * @throws when the master key does not open them
 */
export async function loadKeyRings(database: Database, masterKey: Uint8Array): Promise<KeyRings> {
  const sealingKey = deriveKey(masterKey, 'dashgate key rings v1')
  const csrfKey = deriveKey(masterKey, 'dashgate csrf v1').toString('base64url')

  const read = async () =>
    ringsOf(
      await database.forPurpose('keys', async (tx) => {
        await addMissingKeys(tx, sealingKey)
        return readKeys(tx, sealingKey)
      }),
    )
  let rings = await read()

  const rotateIn: KeyRings['rotateIn'] = async (tx, ring) => {
    const rotated: { ring: RingName; kid: string }[] = []
    for (const name of ring ? [ring] : ringNames) {
      rotated.push({ ring: name, kid: await rotateRing(tx, sealingKey, name) })
    }
    return rotated
  }
  const reload = async () => {
    rings = await read()
  }

  return {
    cookiePasswords: () => ({ ...rings.cookiePasswords }),
    sealAtRest: (plaintext, cookieSecret) =>
      sealAtRest(rings.newestDataKey, plaintext, cookieSecret),
    openAtRest: (sealed, cookieSecret) => openAtRest(rings.dataKeys, sealed, cookieSecret),
    signingKey: () => publishedKey(rings.signingKeys),
    publicKey: (kid) => rings.publicKeys.get(kid),
    publicJwks: () => ({ keys: [...rings.publicJwks] }),
    csrfKey: () => csrfKey,
    reload,
    rotate: async (ring) => {
      await database.forPurpose('keys', (tx) => rotateIn(tx, ring))
      await reload()
    },
    rotateIn,
  }
}

async function ringsOf(keys: readonly StoredKey[]): Promise<Rings> {
  const of = (ring: RingName) => keys.filter((key) => key.ring === ring)
  const dataKeys = of('data').map(({ kid, secret }) => ({
    kid,
    secret: Buffer.from(secret, 'base64url'),
  }))
  const publicJwks = of('tenant-token').map(({ publicJwk }): JWK => ({ ...publicJwk }))
  const publicKeys = await Promise.all(
    publicJwks.map(async (jwk) => [jwk.kid ?? '', await edKey(jwk)] as const),
  )
  const signingKeys = await Promise.all(
    of('tenant-token').map(async ({ kid, secret, createdAt }) => ({
      kid,
      createdAt,
      privateKey: await edKey(JSON.parse(secret) as JWK),
    })),
  )
  return {
    cookiePasswords: Object.fromEntries(of('cookie').map(({ id, secret }) => [id, secret])),
    dataKeys,
    newestDataKey: newest(dataKeys),
    signingKeys,
    publicKeys: new Map(publicKeys),
    publicJwks,
  }
}

/** As long as an app may keep the key set (`Cache-Control` there), and a little more. */
const publishedBeforeUseMs = 120_000

/**
 * The newest key that everybody can have heard of. A token of a key that an app does not know yet
 * would be refused, so a new key is published first and signs later.
 *
 * @param keys oldest first
 */
export function publishedKey<T extends { readonly createdAt: Date }>(
  keys: readonly T[],
  now = Date.now(),
): T {
  const known = keys.findLast(({ createdAt }) => now - createdAt.getTime() >= publishedBeforeUseMs)
  const oldest = keys[0]
  if (!oldest) throw new Error('A key ring is empty')
  return known ?? oldest
}

function newest<T>(keys: readonly T[]): T {
  const last = keys.at(-1)
  if (!last) throw new Error('A key ring is empty')
  return last
}

async function edKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA')
  if (key instanceof Uint8Array)
    throw new TypeError('A key of the tenant-token ring is no key pair')
  return key
}
