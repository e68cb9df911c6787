import type { Transaction } from '../db/client.ts'
import { addKey, databaseTime, lockRings } from './key-store.ts'
import { isInUse, isWaiting } from './key-row.ts'
import { promoteKey, readRows, storeSeals } from './key-store.ts'
import { ringNames, type KeyRow } from './key-row.ts'
import { missingSeals, type MasterKeys } from './master-seal.ts'

/** Whether {@link completeRings} has something to do; asked without the lock. */
export const isIncomplete = (rows: readonly KeyRow[], masterKeys: MasterKeys): boolean =>
  ringNames.some((ring) => !rows.some((row) => row.ring === ring && isInUse(row))) ||
  !rows.some((row) => row.ring === 'tenant-token' && isWaiting(row)) ||
  rows.some((row) => missingSeals(masterKeys, row))

/**
 * Adds the key that a ring lacks: at the first start, after the release that knew of no waiting
 * keys, or where a damaged one was removed by hand. Gives each key the seals that it lacks.
 */
export async function completeRings(tx: Transaction, masterKeys: MasterKeys): Promise<void> {
  await lockRings(tx)
  const rows = await readRows(tx)
  const now = await databaseTime(tx)
  for (const ring of ringNames) {
    const ofRing = rows.filter((row) => row.ring === ring)
    const waiting = ofRing.filter(isWaiting)
    if (!ofRing.some(isInUse)) {
      const next = waiting.shift()
      if (next) await promoteKey(tx, next.kid, { usedFrom: now })
      else await addKey(tx, masterKeys, ring, { usedFrom: now })
    }
    if (ring === 'tenant-token' && waiting.length === 0) {
      await addKey(tx, masterKeys, ring, { usedFrom: null })
    }
  }
  for (const row of rows) {
    const seals = missingSeals(masterKeys, row)
    if (seals) await storeSeals(tx, row.kid, seals)
  }
}
