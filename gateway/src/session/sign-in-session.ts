import { randomBytes } from 'node:crypto'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import type { SessionCookies } from './session-cookie.ts'
import { hashSessionId, type SessionStore } from './session-store.ts'

/** What the provider gave beside the claims; none of it ever leaves the server in the clear. */
export interface ProviderTokens {
  readonly refreshToken: string | undefined
  /** Milliseconds since the epoch. */
  readonly accessExpiresAt: number | undefined
  /** The provider's own session id (`sid`). */
  readonly opSid: string | undefined
}

/** What sealing a refresh token needs of the key rings. */
export interface AtRestKeys {
  sealAtRest(plaintext: string, cookieSecret: string): string
  openAtRest(sealed: string, cookieSecret: string): string | undefined
}

export interface BeginSessionOptions {
  readonly store: Pick<SessionStore, 'create' | 'findTokens'>
  readonly cookies: Pick<SessionCookies, 'seal'>
  readonly keys: AtRestKeys
  readonly idleSeconds: number
  readonly absoluteSeconds: number
}

/** 256 bits; ASVS V7.2.3 asks for 128. */
const newSecret = () => randomBytes(32).toString('base64url')

/** Makes sessions: a new id and secret at every sign-in and tenant switch (session fixation). */
export function createSessionStarter({
  store,
  cookies,
  keys,
  idleSeconds,
  absoluteSeconds,
}: BeginSessionOptions) {
  async function begin(
    principal: Principal,
    tenantId: string | undefined,
    tokens: ProviderTokens,
    replaced?: { idHash: string; absoluteExpiresAt: number },
  ) {
    const [sessionId, secret] = [newSecret(), newSecret()]
    const idHash = hashSessionId(sessionId)
    const absoluteExpiresAt = replaced?.absoluteExpiresAt ?? Date.now() + absoluteSeconds * 1000
    await store.create(
      {
        idHash,
        principal,
        tenantId,
        opSid: tokens.opSid,
        refreshTokenSealed:
          tokens.refreshToken === undefined
            ? undefined
            : keys.sealAtRest(tokens.refreshToken, secret),
        accessExpiresAt: tokens.accessExpiresAt,
        idleExpiresAt: Math.min(Date.now() + idleSeconds * 1000, absoluteExpiresAt),
        absoluteExpiresAt,
      },
      replaced?.idHash,
    )
    const { issuer, sub, email, role } = principal
    const tenants = principal.tenants === 'all' ? 'all' : [...principal.tenants]
    const identity = { issuer, sub, email, role, tenants } as const
    return {
      idHash,
      setCookie: await cookies.seal({
        v: 1,
        sessionId,
        secret,
        ...identity,
        ...(tenantId === undefined ? {} : { tenantId }),
      }),
    }
  }

  return {
    signIn: (principal: Principal, tenantId: string | undefined, tokens: ProviderTokens) =>
      begin(principal, tenantId, tokens),

    /** The same person for another tenant: a new session that ends when the old one would have. */
    async switchTenant(session: LiveSession, tenantId: string) {
      const row = await store.findTokens(session.idHash)
      const sealed = row?.refreshTokenSealed
      const tokens: ProviderTokens = {
        refreshToken: sealed ? keys.openAtRest(sealed, session.secret) : undefined,
        accessExpiresAt: row?.accessExpiresAt?.getTime(),
        opSid: row?.opSid ?? undefined,
      }
      return begin(session.principal, tenantId, tokens, session)
    },
  }
}

export type SessionStarter = ReturnType<typeof createSessionStarter>
