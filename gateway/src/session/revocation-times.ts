import type { SessionStore } from './session-store.ts'

export interface RevocationMetrics {
  observeRevocation(kind: 'session' | 'access', seconds: number): void
}

/**
 * Measures how long a revocation takes to have its effect in this process, by the moment that the
 * database has written down. Moments are on the clock of `performance.now()`, which no one sets.
 */
export function measureRevocations(
  metrics: RevocationMetrics,
  store: Pick<SessionStore, 'secondsSinceRevoked'>,
  now: () => number = () => performance.now(),
) {
  /** The oldest change of what may be seen that has not had its effect yet. */
  let pendingSince: number | undefined

  const observe = (kind: 'session' | 'access', changedAt: number | undefined) => {
    if (changedAt !== undefined) metrics.observeRevocation(kind, (now() - changedAt) / 1000)
  }

  return {
    /** A session was ended because its revocation was notified. */
    ofSession: (revokedAt: number | undefined) => observe('session', revokedAt),

    /** A session was ended because the database, asked anew, did not confirm it. */
    async foundOut(idHash: string): Promise<void> {
      // A measurement may be lost; the session has ended all the same.
      const seconds = await store.secondsSinceRevoked(idHash).catch(() => undefined)
      // One that expired was not revoked.
      if (seconds !== undefined) metrics.observeRevocation('session', seconds)
    },

    /** Tenants, dashboards or assignments were changed. */
    accessChanged(changedAt: number | undefined): void {
      pendingSince ??= changedAt
    },

    /** @param apply reads the change and says how much was cut off by it */
    async ofAccess(apply: () => Promise<number>): Promise<void> {
      const changedAt = pendingSince
      pendingSince = undefined
      try {
        if ((await apply()) > 0) observe('access', changedAt)
      } catch (error) {
        pendingSince = changedAt ?? pendingSince
        throw error
      }
    },
  }
}
