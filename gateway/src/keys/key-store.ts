import { randomBytes } from 'node:crypto'
import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { exportJWK, generateKeyPair } from 'jose'
import type { Transaction } from '../db/client.ts'
import { keyRings } from '../db/schema.ts'
import { seal, unseal } from './seal.ts'

export const ringNames = ['cookie', 'tenant-token', 'data'] as const
export type RingName = (typeof ringNames)[number]

/** A key as it is kept, opened. */
export interface StoredKey {
  readonly id: number
  readonly ring: RingName
  readonly kid: string
  readonly secret: string
  readonly publicJwk: Readonly<Record<string, unknown>> | null
  readonly retired: boolean
  readonly createdAt: Date
}

/** Any number, the same for all replicas: whoever holds it may add keys. */
const ringLock = 7_305_228_101

/**
 * How long a retired key still reads what it made. Cookies and refresh tokens live as long as a
 * session does; a tenant token lives for minutes.
 */
const overlap = sql`case ${keyRings.ring}
  when 'tenant-token' then interval '1 hour' else interval '30 days' end`

const contextOf = (ring: RingName, kid: string) => `dashgate key ring ${ring} ${kid}`

/** All keys that are still of use, oldest first. */
export async function readKeys(tx: Transaction, masterKey: Uint8Array): Promise<StoredKey[]> {
  const rows = await tx
    .select()
    .from(keyRings)
    .where(or(isNull(keyRings.retiredAt), gt(keyRings.retiredAt, sql`now() - ${overlap}`)))
    .orderBy(asc(keyRings.id))
  return rows.map((row) => {
    const secret = unseal(masterKey, contextOf(row.ring, row.kid), row.secretSealed)
    if (secret === undefined) {
      throw new Error(
        `MASTER_KEY does not open the key ${row.kid}: it is another key's, or damaged`,
      )
    }
    const { id, ring, kid, publicJwk, createdAt } = row
    return { id, ring, kid, secret, publicJwk, createdAt, retired: row.retiredAt !== null }
  })
}

/** Makes the first key of each ring that has none; one replica does, the others wait and find it. */
export async function addMissingKeys(tx: Transaction, masterKey: Uint8Array): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ringLock})`)
  const present = await tx
    .select({ ring: keyRings.ring })
    .from(keyRings)
    .where(isNull(keyRings.retiredAt))
  const missing = ringNames.filter((name) => !present.some(({ ring }) => ring === name))
  for (const ring of missing) await addKey(tx, masterKey, ring)
}

/** Puts a new key in front of a ring; the ones before make nothing new from now on. */
export async function rotateRing(
  tx: Transaction,
  masterKey: Uint8Array,
  ring: RingName,
): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ringLock})`)
  await tx
    .update(keyRings)
    .set({ retiredAt: sql`now()` })
    .where(and(eq(keyRings.ring, ring), isNull(keyRings.retiredAt)))
  return addKey(tx, masterKey, ring)
}

async function addKey(tx: Transaction, masterKey: Uint8Array, ring: RingName): Promise<string> {
  const kid = `${ring}-${randomBytes(8).toString('hex')}`
  const { secret, publicJwk } = await newSecret(ring, kid)
  const secretSealed = seal(masterKey, contextOf(ring, kid), secret)
  await tx.insert(keyRings).values({ ring, kid, secretSealed, publicJwk })
  return kid
}

async function newSecret(ring: RingName, kid: string) {
  if (ring !== 'tenant-token') {
    return { secret: randomBytes(32).toString('base64url'), publicJwk: null }
  }
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { kty, crv, x, d } = await exportJWK(privateKey)
  const publicJwk = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }
  return { secret: JSON.stringify({ kty, crv, x, d }), publicJwk }
}
