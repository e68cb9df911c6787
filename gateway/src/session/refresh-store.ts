import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { sessions } from '../db/schema.ts'
import type { AccessPeriod } from './refresh-point.ts'
import { accessOf, alive, byDatabaseClock, columnsOfAccess } from './session-store.ts'

/** What a refresh finds in the session row. */
export interface RefreshState {
  readonly refreshTokenSealed: string | null
  readonly access: AccessPeriod | undefined
  /** How long ago one was begun that came to no end: the refresh token may have been used. */
  readonly begunSecondsAgo: number | undefined
}

/** The tokens that a refresh gave. */
export interface Refreshed {
  readonly refreshTokenSealed: string
  readonly access: AccessPeriod | undefined
}

/** What a refresh makes of the session row. */
export type RefreshChange = 'begun' | Refreshed | { readonly revokedReason: string }

/** Longer than the provider may take for all that a refresh asks of it. */
const limitMs = 10_000

const columnsOf = (change: RefreshChange) => {
  if (change === 'begun') return { refreshBegunAt: byDatabaseClock }
  if ('revokedReason' in change) return { revokedAt: byDatabaseClock, ...change }
  const { refreshTokenSealed, access } = change
  return { refreshTokenSealed, ...columnsOfAccess(access), refreshBegunAt: null }
}

/** What refreshing reads and writes of a session's row. */
export function createRefreshStore(database: Database) {
  return {
    /**
     * Runs a step of a refresh with the row locked, so that one replica does it and the others find it
     * done. Nothing is run when the session has ended.
     *
     * @param step gets the row as it is after the lock was had; what it gives back is written
     */
    async locked(
      idHash: string,
      step: (row: RefreshState) => Promise<RefreshChange | undefined>,
    ): Promise<void> {
      await database.forPurpose(
        'session',
        async (tx) => {
          const [row] = await tx
            .select({
              refreshTokenSealed: sessions.refreshTokenSealed,
              accessReceivedAt: sessions.accessReceivedAt,
              accessExpiresAt: sessions.accessExpiresAt,
              begunSecondsAgo: sql<
                number | null
              >`extract(epoch from clock_timestamp() - ${sessions.refreshBegunAt})::float8`,
            })
            .from(sessions)
            .where(and(eq(sessions.idHash, idHash), alive))
            .for('update')
          if (!row) return
          const change = await step({
            refreshTokenSealed: row.refreshTokenSealed,
            access: accessOf(row),
            begunSecondsAgo: row.begunSecondsAgo ?? undefined,
          })
          if (!change) return
          await tx.update(sessions).set(columnsOf(change)).where(eq(sessions.idHash, idHash))
        },
        limitMs,
      )
    },

    /**
     * Writes tokens whose transaction was lost, if nobody has written others meanwhile.
     *
     * @param before the sealed refresh token for which the provider gave them
     */
    async keep(idHash: string, before: string, refreshed: Refreshed): Promise<void> {
      await database.forPurpose('session', (tx) =>
        tx
          .update(sessions)
          .set(columnsOf(refreshed))
          .where(and(eq(sessions.idHash, idHash), eq(sessions.refreshTokenSealed, before), alive)),
      )
    },
  }
}

export type RefreshStore = ReturnType<typeof createRefreshStore>
