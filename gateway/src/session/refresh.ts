import type { Context } from 'hono'
import { setTimeout as wait } from 'node:timers/promises'
import type { GatewayEnv } from '../request-context.ts'
import { stage } from '../stage.ts'
import { createBackOff, type BackOff } from './back-off.ts'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import { isRefreshDue } from './refresh-point.ts'
import type { Refreshed, RefreshChange, RefreshState, RefreshStore } from './refresh-store.ts'
import type { AtRestKeys, ProviderTokens } from './sign-in-session.ts'

/**
 * What the provider says to a refresh token. `unchecked`: it gave another one in its place, and what it
 * said of the person could not be checked.
 */
export type RefreshOutcome =
  | { readonly principal: Principal; readonly tokens: ProviderTokens }
  | { readonly unchecked: unknown; readonly refreshToken: string }
  | 'ended'

export interface RefreshOptions {
  readonly askProvider: (refreshToken: string) => Promise<RefreshOutcome>
  readonly store: RefreshStore
  readonly keys: AtRestKeys
  /** Ends the session in this process; the other replicas are notified by the database. */
  readonly end: (idHash: string) => void
  /** Writes down that a session has ended, and why. */
  readonly record: (session: LiveSession, reason: string, requestId: string) => Promise<void>
  readonly onFault: (error: unknown) => void
  /** Told when a session has new tokens. */
  readonly onRefreshed?: () => void
  readonly now?: () => number
  readonly random?: () => number
  /** How long a request waits for a refresh, which then goes on without it. */
  readonly patienceMs?: number
}

/** Each refresh holds a connection to the database while the provider thinks. */
const atOnce = 3
/** A provider that is slow must not make pages slow: there is still some of the token's life left. */
const defaultPatienceMs = 1000
/** After a failed refresh, how long that session is left alone: see `createBackOff`. */
const ofSession = { firstMs: 2000, longestMs: 60_000 }
/** How long all sessions of this process are, when it is the provider that fails. */
const ofProvider = { firstMs: 500, longestMs: 5000 }
/**
 * For so long after another replica has begun it may hold an answer that it cannot write down just now,
 * though its lock is gone with its connection. Shorter than the time in which providers take a token again.
 */
const answerSeconds = 10
/** How long a refresh that outlasts its request may take once the gateway is asked to stop. */
const lastRefreshMs = 5000
/** Pauses between attempts to write down tokens that were already given. */
const keepAfterMs = [0, 100, 200, 400, 800, 1600, 3200]

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
 *
 * @see docs/decisions/0007-interrupted-refresh.md
 */
export function createRefresher(options: RefreshOptions) {
  const { store, keys, end, record, onFault } = options
  const clock = { now: options.now ?? Date.now, random: options.random ?? Math.random }
  const patienceMs = options.patienceMs ?? defaultPatienceMs
  const running = new WeakMap<LiveSession, Promise<void>>()
  const backOffs = new WeakMap<LiveSession, BackOff>()
  /** What goes on without anybody waiting for it; none of it rejects. */
  const pending = new Set<Promise<void>>()
  const provider = createBackOff({ ...ofProvider, ...clock })
  /** Sessions of which no other replica may hold an answer: who began was this one. */
  const begunHere = new WeakSet<LiveSession>()
  let busy = 0

  const isDue = ({ access }: LiveSession) =>
    access !== undefined && isRefreshDue(access, clock.now())

  function track(work: Promise<void>): void {
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }

  async function askProvider(refreshToken: string): Promise<RefreshOutcome> {
    try {
      const outcome = await options.askProvider(refreshToken)
      provider.succeeded()
      return outcome
    } catch (error) {
      provider.failed()
      throw error
    }
  }

  /** What the provider's word makes of the row; `isInterrupted` where one was begun before. */
  async function change(
    session: LiveSession,
    { refreshTokenSealed, access }: RefreshState,
    isInterrupted: boolean,
  ): Promise<RefreshChange & object> {
    const refreshToken = await keys.openAtRest(refreshTokenSealed ?? '', session.secret)
    if (refreshToken === undefined) return { revokedReason: 'refresh_refused' }
    // First, so that what fails here fails before the provider has replaced the token.
    const resealed = keys.sealAtRest(refreshToken, session.secret)
    const outcome = await askProvider(refreshToken)
    if (outcome === 'ended')
      return { revokedReason: isInterrupted ? 'refresh_interrupted' : 'refresh_refused' }
    if ('unchecked' in outcome) {
      onFault(outcome.unchecked)
      backOffOf(session).failed()
      return { refreshTokenSealed: keys.sealAtRest(outcome.refreshToken, session.secret), access }
    }
    if (!isUnchanged(session.principal, outcome.principal))
      return { revokedReason: 'claims_changed' }
    const { refreshToken: rotated, access: next } = outcome.tokens
    return {
      // A token that was not replaced moves on to the newest key, too.
      refreshTokenSealed:
        rotated === undefined ? resealed : keys.sealAtRest(rotated, session.secret),
      access: next,
    }
  }

  function backOffOf(session: LiveSession): BackOff {
    const known = backOffs.get(session) ?? createBackOff({ ...ofSession, ...clock })
    backOffs.set(session, known)
    return known
  }

  /**
   * Notes that a refresh begins, in a transaction of its own: it outlives this process.
   *
   * @returns whether one was begun before; `undefined` when there is nothing to do for now
   */
  async function begin(session: LiveSession): Promise<boolean | undefined> {
    let wasBegun: boolean | undefined
    await store.locked(session.idHash, async ({ access, refreshTokenSealed, begunSecondsAgo }) => {
      session.access = access
      if (!isDue(session) || refreshTokenSealed === null) return undefined
      if (begunSecondsAgo === undefined) {
        wasBegun = false
        begunHere.add(session)
        return 'begun'
      }
      if (begunHere.has(session) || begunSecondsAgo >= answerSeconds) wasBegun = true
      return undefined
    })
    return wasBegun
  }

  /** The provider has given these tokens already: no other replica must ask with the old one. */
  async function keep(session: LiveSession, before: string, refreshed: Refreshed): Promise<void> {
    for (const pause of keepAfterMs) {
      await wait(pause)
      try {
        return await store.keep(session.idHash, before, refreshed)
      } catch (error) {
        onFault(error)
      }
    }
  }

  async function refresh(session: LiveSession, requestId: string): Promise<void> {
    const isInterrupted = await begin(session)
    if (isInterrupted === undefined) return
    const done: { before?: string | null; change?: RefreshChange & object } = {}
    try {
      await store.locked(session.idHash, async (row) => {
        session.access = row.access
        // Read again after the lock: another replica may have done it meanwhile.
        if (!isDue(session) || row.refreshTokenSealed === null) return undefined
        done.before = row.refreshTokenSealed
        done.change = await change(session, row, isInterrupted)
        return done.change
      })
    } catch (error) {
      if (!done.before || !done.change || 'revokedReason' in done.change) throw error
      onFault(error)
      track(keep(session, done.before, done.change))
    }
    if (!done.change) return
    if ('revokedReason' in done.change) {
      end(session.idHash)
      await record(session, done.change.revokedReason, requestId)
      return
    }
    session.access = done.change.access
    begunHere.delete(session)
    if (isDue(session)) return
    backOffs.delete(session)
    options.onRefreshed?.()
  }

  function start(session: LiveSession, requestId: string): Promise<void> {
    busy += 1
    const work = refresh(session, requestId)
      .catch((error: unknown) => {
        backOffOf(session).failed()
        onFault(error)
      })
      .finally(() => {
        busy -= 1
        running.delete(session)
      })
    running.set(session, work)
    track(work)
    return work
  }

  async function refreshIfDue(session: LiveSession, requestId: string): Promise<void> {
    if (!isDue(session)) return
    let work = running.get(session)
    if (!work) {
      if (provider.isPausing() || backOffs.get(session)?.isPausing()) return
      // Whoever does not come to it now has a next request. One that fails is tried by one at a time.
      if (busy >= (provider.hasFailed() ? 1 : atOnce)) return
      work = start(session, requestId)
    }
    const given = new AbortController()
    const patience = wait(patienceMs, undefined, { signal: given.signal }).catch(() => {})
    await Promise.race([work, patience])
    given.abort()
  }

  return {
    /** Whether there is anything to do, which is seldom. */
    isDue,
    refreshIfDue,

    /**
     * Resolves when no refresh is under way, or after some seconds: to be called when no request is
     * left. One that is cut off by the end of the process may cost its session the refresh token.
     */
    async settled(): Promise<void> {
      const late = wait(lastRefreshMs, 'late' as const, { ref: false })
      while (pending.size > 0) {
        if ((await Promise.race([late, Promise.all(pending)])) === 'late') return
      }
    },
  }
}

export type Refresher = ReturnType<typeof createRefresher>

/** Renews the tokens of the request's session where that is due; drops a session that this ended. */
export function refreshSession({ isDue, refreshIfDue }: Pick<Refresher, 'isDue' | 'refreshIfDue'>) {
  async function refresh(c: Context<GatewayEnv>, session: LiveSession): Promise<void> {
    await refreshIfDue(session, c.get('requestId'))
    if (session.ended) c.set('session', undefined as never)
  }

  return stage(function refreshSession(c) {
    const session = c.get('session')
    if (session && isDue(session)) return refresh(c, session)
  })
}
