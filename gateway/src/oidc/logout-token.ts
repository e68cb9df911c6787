import { jwtVerify, type JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import { GatewayError } from '../edge/gateway-error.ts'

/** Whose sessions a logout token ends (OpenID Connect Back-Channel Logout 1.0 §2.4). */
export type LoggedOut =
  | { readonly issuer: string; readonly sid: string }
  | { readonly issuer: string; readonly sub: string }

export interface LogoutTokenChecks {
  readonly keys: JWTVerifyGetKey
  readonly issuer: string
  readonly clientId: string
}

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** Symmetric algorithms and `none` are left out: the keys are public ones. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** Ids of tokens that were used; a token older than this is refused by its age. */
const maxAgeSeconds = 120
const used = new LRUCache<string, true>({ max: 10_000, ttl: 2 * maxAgeSeconds * 1000 })

const refused = (why: string, cause?: unknown) =>
  new GatewayError(400, 'invalid_logout_token', `The logout token is not acceptable: ${why}.`, {
    cause,
  })

/**
 * Checks a logout token as §2.6 asks; openid-client has nothing for it.
 *
 * @throws {GatewayError} 400
 */
export async function verifyLogoutToken(
  token: string,
  { keys, issuer, clientId }: LogoutTokenChecks,
): Promise<LoggedOut> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: clientId,
    algorithms,
    clockTolerance: 30,
    maxTokenAge: maxAgeSeconds,
    requiredClaims: ['iat', 'jti', 'events'],
  }).catch((cause: unknown) => {
    throw refused('its signature or one of its claims is wrong', cause)
  })
  const { events, nonce, jti, sid, sub } = payload
  if (typeof events !== 'object' || events === null || !(event in events))
    throw refused('it is about another event')
  if (nonce !== undefined) throw refused('it has a nonce')
  if (typeof jti !== 'string' || used.has(jti)) throw refused('it was used before')
  used.set(jti, true)
  if (typeof sid === 'string') return { issuer, sid }
  if (typeof sub === 'string') return { issuer, sub }
  throw refused('it names neither a session nor a subject')
}
