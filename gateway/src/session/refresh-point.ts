/** How long the provider's access token is good, in milliseconds since the epoch. */
export interface AccessPeriod {
  /** Unknown for a session that began with a release which did not write it down. */
  readonly receivedAt: number | undefined
  readonly expiresAt: number
}

/** Time enough for several attempts, of a token that lives for minutes or hours. */
const longestMs = 60_000
/** A token that lives for a minute would be due from its first moment. */
const partOfLifetime = 1 / 3

/**
 * Whether it is time for a new access token: when a third of its life is left, and a minute at the
 * most. How long tokens live is the provider's to say, for each of them anew.
 */
export function isRefreshDue({ receivedAt, expiresAt }: AccessPeriod, now: number): boolean {
  const lifetime = receivedAt === undefined ? Infinity : expiresAt - receivedAt
  return expiresAt - now < Math.min(longestMs, lifetime * partOfLifetime)
}
