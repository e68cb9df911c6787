import { createMiddleware } from 'hono/factory'
import type { GatewayEnv } from '../request-context.ts'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import type { SessionStore } from './session-store.ts'
import type { AtRestKeys, ProviderTokens } from './sign-in-session.ts'

/** What the provider says to a refresh token. */
export type RefreshOutcome =
  { readonly principal: Principal; readonly tokens: ProviderTokens } | 'ended'

export interface RefreshOptions {
  readonly askProvider: (refreshToken: string) => Promise<RefreshOutcome>
  readonly store: Pick<SessionStore, 'refreshLocked' | 'revoke'>
  readonly keys: AtRestKeys
  /** Ends the session in this process; the other replicas are notified by the database. */
  readonly end: (idHash: string) => void
  /** Writes down that a session has ended, and why. */
  readonly record: (session: LiveSession, reason: string, requestId: string) => Promise<void>
  readonly onFault: (error: unknown) => void
  readonly now?: () => number
}

/** An access token with less than this left is renewed, with the next request. */
const renewBeforeMs = 60_000
/** Each refresh holds a connection to the database while the provider thinks. */
const atOnce = 3
/** After a fault the provider is left alone for so long. */
const pauseMs = 10_000

const sameTenants = (a: Principal['tenants'], b: Principal['tenants']) =>
  JSON.stringify(a) === JSON.stringify(b)

/** Whether the claims still say what the session was made for. */
const isUnchanged = (before: Principal, after: Principal) =>
  before.sub === after.sub &&
  before.role === after.role &&
  sameTenants(before.tenants, after.tenants)

/**
 * Renews the provider's tokens before they end. It happens with a request, since only the cookie's
 * secret opens the refresh token, and once for a session over all replicas: rotating refresh tokens
 * are good for one use (RFC 9700 §4.14). A fault of the provider or of the network keeps the
 * session; a refusal ends it, and so do claims that have changed, which a new sign-in then takes up.
 */
export function createRefresher(options: RefreshOptions) {
  const { askProvider, store, keys, end, record, onFault } = options
  const now = options.now ?? Date.now
  const running = new WeakMap<LiveSession, Promise<void>>()
  const pausedUntil = new WeakMap<LiveSession, number>()
  let busy = 0

  const isDue = (accessExpiresAt: number | undefined) =>
    accessExpiresAt !== undefined && accessExpiresAt - now() < renewBeforeMs

  async function revoke(session: LiveSession, reason: string, requestId: string) {
    await store.revoke(session.idHash, reason)
    end(session.idHash)
    await record(session, reason, requestId)
  }

  async function refresh(session: LiveSession, requestId: string): Promise<void> {
    let verdict: 'keep' | 'refresh_refused' | 'claims_changed' = 'keep'
    await store.refreshLocked(session.idHash, async (row) => {
      session.accessExpiresAt = row.accessExpiresAt?.getTime()
      // Read again after the lock: another replica may have done it meanwhile.
      if (!isDue(session.accessExpiresAt) || row.refreshTokenSealed === null) return undefined
      const refreshToken = await keys.openAtRest(row.refreshTokenSealed, session.secret)
      // First, so that what fails here fails before the provider has replaced the token.
      const resealed = refreshToken && keys.sealAtRest(refreshToken, session.secret)
      const outcome = refreshToken ? await askProvider(refreshToken) : 'ended'
      if (!resealed || outcome === 'ended') {
        verdict = 'refresh_refused'
        return undefined
      }
      if (!isUnchanged(session.principal, outcome.principal)) verdict = 'claims_changed'
      const { refreshToken: rotated, accessExpiresAt } = outcome.tokens
      session.accessExpiresAt = accessExpiresAt
      return {
        // A token that was not replaced moves on to the newest key, too.
        refreshTokenSealed:
          rotated === undefined ? resealed : keys.sealAtRest(rotated, session.secret),
        accessExpiresAt: accessExpiresAt === undefined ? null : new Date(accessExpiresAt),
      }
    })
    if (verdict !== 'keep') await revoke(session, verdict, requestId)
  }

  return async function refreshIfDue(session: LiveSession, requestId: string): Promise<void> {
    if (!isDue(session.accessExpiresAt) || (pausedUntil.get(session) ?? 0) > now()) return
    const already = running.get(session)
    if (already) return already
    // Whoever does not come to it now has a minute left, and a next request.
    if (busy >= atOnce) return
    busy += 1
    const work = refresh(session, requestId)
      .catch((error: unknown) => {
        pausedUntil.set(session, now() + pauseMs)
        onFault(error)
      })
      .finally(() => {
        busy -= 1
        running.delete(session)
      })
    running.set(session, work)
    return work
  }
}

/** Renews the tokens of the request's session where that is due; drops a session that this ended. */
export const refreshSession = (
  refreshIfDue: (session: LiveSession, requestId: string) => Promise<void>,
) =>
  createMiddleware<GatewayEnv>(async function refreshSession(c, next) {
    const session = c.get('session')
    if (session) {
      await refreshIfDue(session, c.get('requestId'))
      if (session.ended) c.set('session', undefined as never)
    }
    await next()
  })
