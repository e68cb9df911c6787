import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, inject } from 'vitest'
import { createAuditStore } from '../src/audit/audit-store.ts'
import { connectDatabase, type Database } from '../src/db/client.ts'
import { databaseUnavailable } from '../src/db/connection-fault.ts'
import { loadKeyRings, type KeyRingOptions, type KeyRings } from '../src/keys/key-rings.ts'
import { removeSpentKeys } from '../src/keys/removal.ts'
import type { RotationOrder } from '../src/keys/rotation.ts'
import { makeTestDatabase, type TestDatabase } from './test-database.ts'

/** Key rings in a database of their own for each test. */
export function useKeyDatabase() {
  let test: TestDatabase
  let database: Database
  let isGone = false
  let beforeAnswer: (() => Promise<void>) | undefined
  const masterKey = randomBytes(32)
  /** What the replicas have, so that it can be taken away from them. */
  const forPurpose: Database['forPurpose'] = async (...work) => {
    if (isGone) throw databaseUnavailable(new Error('The test took it away'))
    const before = beforeAnswer
    beforeAnswer = undefined
    const result = await database.forPurpose(...work)
    await before?.()
    return result
  }

  beforeEach(async () => {
    isGone = false
    test = await makeTestDatabase(inject('postgresUrl'))
    database = connectDatabase({ url: test.gatewayUrl })
  })

  afterEach(async () => {
    await database?.close()
    await test?.drop()
  })

  return {
    masterKey,
    get owner() {
      return test.owner
    },
    get database() {
      return database
    },
    /** A replica of its own, as far as keys go. */
    load: (options: KeyRingOptions = {}, key: Uint8Array = masterKey): Promise<KeyRings> =>
      loadKeyRings({ ...database, forPurpose }, key, options),
    loseDatabase(): void {
      isGone = true
    },
    /** The next reading has read when `held` resolves, and ends when it is released. */
    holdNextReading() {
      const { promise: held, resolve: isHeld } = Promise.withResolvers<void>()
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      beforeAnswer = () => {
        isHeld()
        return released
      }
      return { held, release }
    },
    rows: () => test.owner`select * from key_rings order by id`,
    /** As the admin API does it, for the replica that is asked. */
    async rotate(rings: KeyRings, order: RotationOrder = {}) {
      const rotation = await database.forPurpose('admin', (tx) => rings.rotateIn(tx, order))
      await rings.reload()
      return rotation
    },
    removeSpent: (sessionSeconds = 24 * 3600) =>
      removeSpentKeys(database, {
        sessionSeconds,
        recordIn: createAuditStore(database).recordIn,
      }),
    /** Everything about keys and sessions lies further in the past. */
    async letTimePass(seconds: number): Promise<void> {
      const time = `${seconds} seconds`
      await test.owner`
        update key_rings set created_at = created_at - ${time}::interval,
          used_from = used_from - ${time}::interval, retired_at = retired_at - ${time}::interval`
      await test.owner`
        update sessions set created_at = created_at - ${time}::interval,
          idle_expires_at = idle_expires_at - ${time}::interval,
          absolute_expires_at = absolute_expires_at - ${time}::interval`
    },
  }
}
