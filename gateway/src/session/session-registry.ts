import { LRUCache } from 'lru-cache'
import { GatewayError } from '../edge/gateway-error.ts'
import {
  cutDisallowed,
  cutForShutdown,
  endLiveSession,
  isExpired,
  type LiveSession,
} from './live-session.ts'
import type { SessionCookie, SessionCookies } from './session-cookie.ts'
import { hashSessionId, type SessionStore } from './session-store.ts'

export interface SessionRegistryOptions {
  readonly cookies: Pick<SessionCookies, 'unseal'>
  readonly store: Pick<SessionStore, 'findAlive' | 'extend'>
  /** Whether revocations of other replicas reach this one at the moment. */
  readonly notificationsCurrent: () => boolean
  readonly idleSeconds: number
  /** How long a session known to be good goes on when nobody can be asked. */
  readonly graceSeconds: number
  /** Told when the later idle end of a session could not be written. */
  readonly onExtendFailure: (error: unknown) => void
  /** Told of a session that the database did not confirm any more: no notification came of its end. */
  readonly onUnconfirmed?: (idHash: string) => void
  /** The clock that ends are made by, here and in the database; milliseconds since the epoch. */
  readonly now?: () => number
}

/**
 * The idle end is written at most this often, or twenty times in an idle lifetime that is shorter: it
 * need not be exact, and a write costs.
 */
const extendEveryMs = 60_000

/** Cookies that are remembered; beyond that the least used one is unsealed again (300 µs). */
const rememberedCookies = 20_000

/**
 * The sessions that this process knows. A cookie is unsealed and its row read once; from then on a
 * request costs a look into a map, and revocations come by notification. Without notifications the
 * database is asked for each request, and without the database a session known to be good goes on
 * for `graceSeconds` at the most.
 */
export function createSessionRegistry(options: SessionRegistryOptions) {
  const { cookies, store, notificationsCurrent, idleSeconds, graceSeconds } = options
  const now = options.now ?? Date.now
  const byCookie = new LRUCache<string, LiveSession>({ max: rememberedCookies })
  let hits = 0
  let misses = 0
  const byIdHash = new Map<string, LiveSession>()
  /** Reads that are under way; a revocation that comes meanwhile is marked here. */
  const loading = new Map<string, { count: number; revoked: boolean }>()

  async function load(content: SessionCookie): Promise<LiveSession | undefined> {
    const idHash = hashSessionId(content.sessionId)
    const known = byIdHash.get(idHash)
    if (known) return known
    const row = await findUnlessRevoked(idHash)
    if (!row) return undefined
    // A second request may have loaded it meanwhile; streams must hang on one object.
    const raced = byIdHash.get(idHash)
    if (raced) return raced
    const session: LiveSession = {
      idHash,
      secret: content.secret,
      principal: row.principal,
      activeTenantId: row.tenantId,
      lastUsedAt: row.lastUsedAt,
      idleExpiresAt: row.idleExpiresAt,
      absoluteExpiresAt: row.absoluteExpiresAt,
      access: row.access,
      confirmedAt: now(),
      now,
      ended: false,
      opened: new Set(),
      denied: new Set(),
      tenantTokens: new Map(),
      streams: new Set(),
    }
    byIdHash.set(idHash, session)
    return session
  }

  /** The row, unless its revocation was notified while it was being read. */
  async function findUnlessRevoked(idHash: string) {
    const mark = loading.get(idHash) ?? { count: 0, revoked: false }
    mark.count += 1
    loading.set(idHash, mark)
    try {
      const row = await store.findAlive(idHash)
      return mark.revoked ? undefined : row
    } finally {
      mark.count -= 1
      if (mark.count === 0) loading.delete(idHash)
    }
  }

  function end(session: LiveSession) {
    byIdHash.delete(session.idHash)
    endLiveSession(session, 'session_ended')
  }

  /** Asks the database again; a session that it does not confirm ends here. */
  async function confirm(session: LiveSession): Promise<void> {
    const row = await store.findAlive(session.idHash).catch((cause: unknown) => {
      if (now() - session.confirmedAt <= graceSeconds * 1000) return 'unknown' as const
      throw new GatewayError(
        503,
        'session_unconfirmed',
        'Your session cannot be checked at the moment. Try again shortly; you stay signed in.',
        { cause, headers: { 'Retry-After': '5' } },
      )
    })
    if (row === 'unknown') return
    if (!row) {
      end(session)
      options.onUnconfirmed?.(session.idHash)
      return
    }
    session.lastUsedAt = row.lastUsedAt
    session.idleExpiresAt = row.idleExpiresAt
    session.confirmedAt = now()
  }

  async function findFirst(cookieValue: string): Promise<LiveSession | undefined> {
    const content = await cookies.unseal(cookieValue)
    const session = content && (await load(content))
    if (!session) return undefined
    byCookie.set(cookieValue, session)
    return session.ended ? undefined : stillAlive(session)
  }

  /** The session, where nothing has ended it. */
  function stillAlive(session: LiveSession) {
    const at = now()
    if (!notificationsCurrent() || isExpired(session, at)) return confirmedAlive(session)
    session.confirmedAt = at
    return session
  }

  async function confirmedAlive(session: LiveSession): Promise<LiveSession | undefined> {
    await confirm(session)
    if (session.ended || isExpired(session, now())) {
      end(session)
      return undefined
    }
    if (notificationsCurrent()) session.confirmedAt = now()
    return session
  }

  function extend(session: LiveSession) {
    // Not by the idle end, which stands still before the absolute one: the use is written as well.
    if (now() - session.lastUsedAt < Math.min(extendEveryMs, idleSeconds * 50)) return
    const wanted = Math.min(now() + idleSeconds * 1000, session.absoluteExpiresAt)
    session.lastUsedAt = now()
    session.idleExpiresAt = Math.max(session.idleExpiresAt, wanted)
    store.extend(session.idHash, wanted, session.lastUsedAt).catch(options.onExtendFailure)
  }

  return {
    /**
     * The live session of a cookie's value, or `undefined` when it opens none; a promise only where
     * there is something to wait for.
     */
    find(cookieValue: string): LiveSession | undefined | Promise<LiveSession | undefined> {
      const session = byCookie.get(cookieValue)
      if (!session) {
        misses += 1
        return findFirst(cookieValue)
      }
      hits += 1
      return session.ended ? undefined : stillAlive(session)
    },

    /** How many sessions this process knows. */
    size: () => byIdHash.size,

    /** How often a cookie was known, for the metrics. */
    cookieUse: () => ({ entries: byCookie.size, hits, misses }),

    /** A person was seen at work in this session: its idle end moves away. */
    seen: extend,

    /** Whether the session behind a tenant token may still be served; for the data API. */
    async isLive(idHash: string): Promise<boolean> {
      const session = byIdHash.get(idHash)
      if (!session) return (await store.findAlive(idHash)) !== undefined
      if (!notificationsCurrent()) await confirm(session)
      return !session.ended && !isExpired(session, now())
    },

    /**
     * A revocation has become known.
     *
     * @returns whether the session was alive in this process until now
     */
    revoked(idHash: string): boolean {
      const mark = loading.get(idHash)
      if (mark) mark.revoked = true
      const session = byIdHash.get(idHash)
      if (session) end(session)
      return session !== undefined
    },

    /**
     * Tenants, dashboards or assignments have changed: what may not be seen any more is cut off.
     *
     * @returns how many streams were
     */
    recheckAccess(): number {
      let cut = 0
      for (const session of byIdHash.values()) cut += cutDisallowed(session)
      return cut
    },

    /** After a gap in the notifications: what was revoked meanwhile ends now. */
    async recheckAll(): Promise<void> {
      for (const session of byIdHash.values()) await confirm(session)
    },

    /**
     * Drops what has expired, open streams included; to be called now and then. Another replica may
     * have seen the person since, so the database has the last word.
     */
    async sweep(): Promise<void> {
      for (const session of byIdHash.values()) {
        if (isExpired(session, now())) await confirm(session)
      }
    },

    /**
     * Cuts the open streams that do not end by themselves, for a shutdown: each at some moment of this
     * time, so that who comes back does not come all at once; those that are opened meanwhile at its end.
     */
    async cutAll(withinMs: number): Promise<void> {
      for (const session of byIdHash.values()) {
        for (const stream of session.streams)
          setTimeout(() => cutForShutdown(session, stream), Math.random() * withinMs)
      }
      await new Promise((resolve) => setTimeout(resolve, withinMs))
      for (const session of byIdHash.values())
        for (const stream of session.streams) cutForShutdown(session, stream)
    },
  }
}

export type SessionRegistry = ReturnType<typeof createSessionRegistry>
