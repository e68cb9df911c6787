import { randomBytes } from 'node:crypto'
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { exportJWK, generateKeyPair } from 'jose'
import type { Transaction } from '../db/client.ts'
import { keyRings } from '../db/schema.ts'
import type { KeyRow, RingName } from './key-row.ts'
import { sealSecret, type MasterKeys, type Seals } from './master-seal.ts'

/** Any number, the same for all replicas: whoever holds it may change the rings. */
const ringLock = 7_305_228_101

/** Until the transaction ends, no other replica changes the rings. */
export const lockRings = (tx: Transaction) =>
  tx.execute(sql`select pg_advisory_xact_lock(${ringLock})`)

/** As {@link lockRings}, but without waiting: `false` when somebody else is at it. */
export async function tryLockRings(tx: Transaction): Promise<boolean> {
  const [row] = await tx.execute(sql`select pg_try_advisory_xact_lock(${ringLock}) as locked`)
  return row?.['locked'] === true
}

/** All keys, oldest first. A key is accepted as long as its row is there. */
export const readRows = (tx: Transaction): Promise<KeyRow[]> =>
  tx.select().from(keyRings).orderBy(asc(keyRings.id))

/** The database's time, which is the same for all replicas. */
export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.execute(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`,
  )
  return new Date(Number(row?.['ms']))
}

/** @param use `usedFrom` is null for a key that is published and waits for its turn */
export async function addKey(
  tx: Transaction,
  masterKeys: MasterKeys,
  ring: RingName,
  use: { readonly usedFrom: Date | null; readonly rotationId?: string | undefined },
): Promise<string> {
  const kid = `${ring}-${randomBytes(8).toString('hex')}`
  const { secret, publicJwk } = await newSecret(ring, kid)
  const seals = sealSecret(masterKeys, { ring, kid }, secret)
  const { usedFrom, rotationId = null } = use
  await tx.insert(keyRings).values({ ring, kid, publicJwk, usedFrom, rotationId, ...seals })
  return kid
}

/** Puts a key that was waiting into use. */
export async function promoteKey(
  tx: Transaction,
  kid: string,
  use: { readonly usedFrom: Date; readonly rotationId?: string | undefined },
): Promise<string> {
  const { usedFrom, rotationId = null } = use
  await tx.update(keyRings).set({ usedFrom, rotationId }).where(eq(keyRings.kid, kid))
  return kid
}

/** Those in use make nothing new from then on. */
export const retireKeysInUse = (tx: Transaction, ring: RingName, retiredAt: Date) =>
  tx
    .update(keyRings)
    .set({ retiredAt })
    .where(and(eq(keyRings.ring, ring), isNull(keyRings.retiredAt), isNotNull(keyRings.usedFrom)))

export const storeSeals = (tx: Transaction, kid: string, seals: Seals) =>
  tx.update(keyRings).set(seals).where(eq(keyRings.kid, kid))

async function newSecret(ring: RingName, kid: string) {
  if (ring !== 'tenant-token') {
    return { secret: randomBytes(32).toString('base64url'), publicJwk: null }
  }
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { kty, crv, x, d } = await exportJWK(privateKey)
  const publicJwk = { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }
  return { secret: JSON.stringify({ kty, crv, x, d }), publicJwk }
}
