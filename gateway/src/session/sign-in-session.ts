import { randomBytes } from 'node:crypto'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import type { AccessPeriod } from './refresh-point.ts'
import type { SessionCookies } from './session-cookie.ts'
import { hashSessionId, type SessionStore } from './session-store.ts'

/** What the provider gave beside the claims; none of it ever leaves the server in the clear. */
export interface ProviderTokens {
  readonly refreshToken: string | undefined
  readonly access: AccessPeriod | undefined
  /** The provider's own session id (`sid`). */
  readonly opSid: string | undefined
}

/** What sealing a refresh token needs of the key rings. */
export interface AtRestKeys {
  sealAtRest(plaintext: string, cookieSecret: string): string
  openAtRest(sealed: string, cookieSecret: string): Promise<string | undefined>
}

export interface SessionStarterOptions {
  readonly store: Pick<SessionStore, 'create' | 'replace'>
  readonly cookies: Pick<SessionCookies, 'seal'>
  readonly keys: AtRestKeys
  readonly idleSeconds: number
  readonly absoluteSeconds: number
  /** The clock that ends are made by; milliseconds since the epoch. */
  readonly now: () => number
}

/** 256 bits; ASVS V7.2.3 asks for 128. */
const newSecret = () => randomBytes(32).toString('base64url')

/** Makes sessions: a new id and secret at every sign-in and tenant switch (session fixation). */
export function createSessionStarter(options: SessionStarterOptions) {
  const { store, cookies, keys, idleSeconds, absoluteSeconds, now } = options

  /** A new identity of a session, and its cookie. */
  function draft(principal: Principal, tenantId: string | undefined, absoluteExpiresAt: number) {
    const [sessionId, secret] = [newSecret(), newSecret()]
    const { issuer, sub, email, role } = principal
    const tenants = principal.tenants === 'all' ? ('all' as const) : [...principal.tenants]
    const identity = { issuer, sub, email, role, tenants }
    const active = tenantId === undefined ? {} : { tenantId }
    return {
      secret,
      row: {
        idHash: hashSessionId(sessionId),
        principal,
        tenantId,
        idleExpiresAt: Math.min(now() + idleSeconds * 1000, absoluteExpiresAt),
        absoluteExpiresAt,
        lastUsedAt: now(),
      },
      seal: () => cookies.seal({ v: 1, sessionId, secret, ...identity, ...active }),
    }
  }

  return {
    /** @returns the `Set-Cookie` of the new session */
    async signIn(
      principal: Principal,
      tenantId: string | undefined,
      tokens: ProviderTokens,
      userAgent?: string,
    ) {
      const { row, secret, seal } = draft(principal, tenantId, now() + absoluteSeconds * 1000)
      const { refreshToken, access, opSid } = tokens
      const refreshTokenSealed =
        refreshToken === undefined ? undefined : keys.sealAtRest(refreshToken, secret)
      const signedInAt = row.lastUsedAt
      await store.create({
        ...row,
        signedInAt,
        userAgent,
        refreshTokenSealed,
        access,
        opSid,
      })
      return seal()
    },

    /**
     * The same person for another tenant: a new session that ends when the old one would have.
     *
     * @returns its `Set-Cookie`; `undefined` when the old session has ended meanwhile
     */
    async switchTenant(session: LiveSession, tenantId: string) {
      const { row, secret, seal } = draft(session.principal, tenantId, session.absoluteExpiresAt)
      const reseal = async (sealed: string) => {
        const refreshToken = await keys.openAtRest(sealed, session.secret)
        return refreshToken === undefined ? undefined : keys.sealAtRest(refreshToken, secret)
      }
      return (await store.replace(session.idHash, row, reseal)) ? seal() : undefined
    },
  }
}

export type SessionStarter = ReturnType<typeof createSessionStarter>
