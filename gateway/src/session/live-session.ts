import type { Principal } from './principal.ts'
import type { AccessPeriod } from './refresh-point.ts'

/** Why a stream of a session is cut off; Dash does not reconnect after close code 4001. */
export type EndReason = 'session_ended' | 'access_lost' | 'shutting_down'

/** Something of a session that is open for longer than a moment. */
export interface OpenStream {
  readonly cut: (reason: EndReason) => void
  /** Whether what was allowed when it was opened still is. */
  readonly isAllowed: () => boolean
  /** It ends by itself: a gateway that stops waits for it. */
  readonly isFinite?: boolean
}

/** A session as this process knows it, between the first request that showed its cookie and its end. */
export interface LiveSession {
  /** Hash of the session id: names the session in the database, in logs and in tokens. */
  readonly idHash: string
  readonly secret: string
  readonly principal: Principal
  /** The tenant that it acts for; staff choose one first. */
  readonly activeTenantId: string | undefined
  /** When a person was last seen at work in it, as the row says; milliseconds since the epoch, as the ends. */
  lastUsedAt: number
  idleExpiresAt: number
  readonly absoluteExpiresAt: number
  /** The provider's access token; unknown without one, or without an end. */
  access: AccessPeriod | undefined
  /** When the database last said that the session is good; milliseconds since the epoch. */
  confirmedAt: number
  /** The clock that these times are read by. */
  readonly now: () => number
  ended: boolean
  /** Dashboards whose opening has been written to the audit log. */
  readonly opened: Set<string>
  /** Dashboards and tenants whose refusal has been written to the audit log. */
  readonly denied: Set<string>
  /** Signed tenant tokens by dashboard, with their end in seconds since the epoch. */
  readonly tenantTokens: Map<string, { readonly token: string; readonly expiresAt: number }>
  /** Cuts off what is still open: WebSockets and streams. */
  readonly streams: Set<OpenStream>
}

export const isExpired = (session: LiveSession, now: number): boolean =>
  now >= session.idleExpiresAt || now >= session.absoluteExpiresAt

/** More different refusals than that are a search, of which the first hundred tell enough. */
const denialsPerSession = 100

/** Whether a refusal is still to be written down; each costs a line in a log that only grows. */
export function isNewDenial({ denied }: LiveSession, what: string): boolean {
  if (denied.has(what) || denied.size >= denialsPerSession) return false
  denied.add(what)
  return true
}

/** How long a session still lasts, and what would end it: that nobody does anything, or its age. */
export function timeLeft({ idleExpiresAt, absoluteExpiresAt, now }: LiveSession) {
  const end = Math.min(idleExpiresAt, absoluteExpiresAt)
  return {
    secondsLeft: Math.max(0, Math.floor((end - now()) / 1000)),
    endsBy: idleExpiresAt < absoluteExpiresAt ? ('idle' as const) : ('age' as const),
  }
}

/**
 * Has something cut when the session ends or its dashboard is taken away, at once if that has happened
 * already: it can come between the check at the beginning of a request and its answer.
 *
 * @returns to be called when it has ended by itself
 */
export function holdOpen(session: LiveSession, stream: OpenStream): () => void {
  if (session.ended) stream.cut('session_ended')
  else if (!stream.isAllowed()) stream.cut('access_lost')
  else session.streams.add(stream)
  return () => session.streams.delete(stream)
}

/**
 * Cuts what is open for a tenant that was suspended, or of a dashboard that was taken from it.
 *
 * @returns how many were cut
 */
export function cutDisallowed({ streams }: LiveSession): number {
  const disallowed = [...streams].filter((stream) => !stream.isAllowed())
  for (const stream of disallowed) {
    streams.delete(stream)
    stream.cut('access_lost')
  }
  return disallowed.length
}

/** Cuts what would keep a gateway from stopping, unless it has ended meanwhile. */
export function cutForShutdown({ streams }: LiveSession, stream: OpenStream): void {
  if (stream.isFinite || !streams.delete(stream)) return
  stream.cut('shutting_down')
}

/** Ends a session here: no further request, and nothing of it stays open. */
export function endLiveSession(session: LiveSession, reason: EndReason): void {
  session.ended = true
  for (const { cut } of session.streams) cut(reason)
  session.streams.clear()
}
