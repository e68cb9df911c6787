import { createHmac } from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { z } from 'zod'
import { cookieValues, hostCookie } from './cookie-header.ts'

export const sessionCookieName = '__Host-Http-session'

/** Content of the sealed cookie: who, for whom, since when, and a secret. Never a provider's token. */
const sessionCookie = z.object({
  v: z.literal(1),
  sessionId: z.string().length(43),
  /** Half of the key to the session row's refresh token: a copy of the database opens nothing. */
  secret: z.string().length(43),
  issuer: z.string(),
  sub: z.string().min(1),
  email: z.string(),
  role: z.enum(['admin', 'viewer']),
  tenants: z.union([z.literal('all'), z.array(z.string())]),
  tenantId: z.string().optional(),
})

/** As iron-session writes it; it reads some values with trailing characters too. */
const sealForm = /^Fe26\.2\*[\w*.-]+~2$/

export type SessionCookie = z.infer<typeof sessionCookie>

/** What the sealing needs of the key rings. */
export interface CookieKeys {
  passwordsToSeal(): Record<string, string>
  /** With the one that a seal names, even when another replica made it a moment ago. */
  passwordsToOpen(seal: string): Promise<Record<string, string>>
}

/**
 * Seals and unseals session cookies.
 *
 * @param maxAgeSeconds end of the cookie and of its seal, from now
 */
export function createSessionCookies(keys: CookieKeys, maxAgeSeconds: number) {
  return {
    async seal(content: SessionCookie): Promise<string> {
      const sealed = await sealData(content, {
        password: keys.passwordsToSeal(),
        ttl: maxAgeSeconds,
      })
      return hostCookie(sessionCookieName, sealed, 'Strict', maxAgeSeconds)
    },

    /** `undefined` for whatever is not a cookie of ours, of these keys and of this version. */
    async unseal(value: string): Promise<SessionCookie | undefined> {
      if (!sealForm.test(value)) return undefined
      // Outside of the catch: keys that cannot be read sign nobody out.
      const password = await keys.passwordsToOpen(value)
      const content: unknown = await unsealData(value, { password, ttl: maxAgeSeconds }).catch(
        () => undefined,
      )
      return sessionCookie.safeParse(content).data
    },

    /** The one session cookie of a request; two of them mean that somebody tossed one in. */
    only(header: string | undefined): string | undefined {
      const values = cookieValues(header, sessionCookieName)
      return values.length === 1 && values[0] !== '' ? values[0] : undefined
    },

    /**
     * The token that scripts show in `X-CSRF-Token`. Its key is the cookie itself, which nobody else
     * knows, so that it outlives every rotation of keys as the session does.
     */
    csrfToken(value: string): string {
      return createHmac('sha256', value).update('dashgate csrf v2').digest('base64url')
    },

    deletion: hostCookie(sessionCookieName, '', 'Strict', 0),
  }
}

export type SessionCookies = ReturnType<typeof createSessionCookies>
