import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose'
import { z } from 'zod'
import type { KeyRings } from './key-rings.ts'
import { longestTokenLife } from './retention.ts'

/** What the gateway states to an app: for whom, for which tenant and dashboard a request comes. */
export interface TenantTokenClaims {
  readonly sub: string
  readonly tenantId: string
  readonly role: 'admin' | 'viewer'
  readonly email: string
  readonly dashboard: string
  /** Hash of the session id; it names the session and opens nothing. */
  readonly sid: string
}

export interface SignedTenantToken {
  readonly token: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

export interface TenantTokens {
  sign(claims: TenantTokenClaims): Promise<SignedTenantToken>
  /** The claims, or `undefined` when the token is not one of ours, for us, and of now. */
  verify(token: string): Promise<TenantTokenClaims | undefined>
}

export interface TenantTokenOptions {
  readonly issuer: string
  /** At most 900. */
  readonly lifetimeSeconds?: number
  /** The clock that tokens are signed and checked by; milliseconds since the epoch. */
  readonly now?: () => number
}

const audience = 'dashgate-internal'
/** Between replicas, whose clocks are never quite the same (RFC 7519 §4.1.4). */
const clockTolerance = 5

const payloadShape = z.object({
  sub: z.string().min(1),
  tenant_id: z.string().min(1),
  role: z.enum(['admin', 'viewer']),
  email: z.string(),
  dashboard: z.string().min(1),
  sid: z.string().min(1),
})

export function createTenantTokens(
  keyRings: Pick<KeyRings, 'signingKey' | 'publicKey'>,
  { issuer, lifetimeSeconds = 600, now = Date.now }: TenantTokenOptions,
): TenantTokens {
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= longestTokenLife)) {
    throw new RangeError(`A tenant token lives for 1 to ${longestTokenLife} seconds`)
  }

  async function publicKey({ kid = '' }: JWTHeaderParameters) {
    const key = await keyRings.publicKey(kid)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }

  return {
    async sign(claims) {
      const { kid, privateKey } = keyRings.signingKey()
      const issuedAt = Math.floor(now() / 1000)
      const expiresAt = issuedAt + lifetimeSeconds
      const token = await new SignJWT({
        tenant_id: claims.tenantId,
        role: claims.role,
        email: claims.email,
        dashboard: claims.dashboard,
        sid: claims.sid,
      })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(claims.sub)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey)
      return { token, expiresAt }
    },

    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          // The algorithm is ours to say, never the token's (RFC 8725 §3.1).
          algorithms: ['EdDSA'],
          typ: 'JWT',
          issuer,
          audience,
          clockTolerance,
          currentDate: new Date(now()),
          maxTokenAge: longestTokenLife,
          requiredClaims: ['exp', 'iat', 'jti'],
        })
        return claimsOf(payload)
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
        throw error
      }
    },
  }
}

function claimsOf(payload: unknown): TenantTokenClaims | undefined {
  const { data } = payloadShape.safeParse(payload)
  if (!data) return undefined
  const { sub, tenant_id: tenantId, role, email, dashboard, sid } = data
  return { sub, tenantId, role, email, dashboard, sid }
}
