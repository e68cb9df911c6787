import { createHash } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { GatewayError } from '../edge/gateway-error.ts'

/** Whose sessions a logout token ends (OpenID Connect Back-Channel Logout 1.0 §2.4). */
export type LoggedOut =
  | { readonly issuer: string; readonly sid: string }
  | { readonly issuer: string; readonly sub: string }

export interface LogoutTokenChecks {
  readonly keys: JWTVerifyGetKey
  readonly issuer: string
  readonly clientId: string
  /** The algorithms of the provider's ID tokens, which are those of its logout tokens (§2.6). */
  readonly algorithms?: readonly string[] | undefined
}

/** A logout token that is good, if it was not used before. */
export interface LogoutToken {
  readonly whose: LoggedOut
  /** Names the token; every replica makes the same of it. */
  readonly idHash: string
  /** From then on its age alone has it refused; milliseconds since the epoch. */
  readonly forgetAfter: number
}

const event = 'http://schemas.openid.net/event/backchannel-logout'

/** Symmetric algorithms and `none` are left out: the keys are public ones. */
const asymmetric = new Set([
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
])

/** Types that a logout token may say it is; to have none, or the one of every JWT, is allowed (§2.4). */
const types = new Set([undefined, 'logout+jwt', 'application/logout+jwt', 'jwt'])

const maxAgeSeconds = 120
/** How far the clocks of the provider and of the replicas may be apart. */
const toleranceSeconds = 30

const refused = (why: string, cause?: unknown) =>
  new GatewayError(400, 'invalid_logout_token', `The logout token is not acceptable: ${why}.`, {
    cause,
  })

/** The refusal of a token that a replica has had before. */
export const usedBefore = () => refused('it was used before')

/**
 * Checks a logout token as §2.6 asks, but for its one use, which is the database's to know;
 * openid-client has nothing for it.
 *
 * @throws {GatewayError} 400
 */
export async function verifyLogoutToken(
  token: string,
  { keys, issuer, clientId, algorithms = ['RS256'] }: LogoutTokenChecks,
): Promise<LogoutToken> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: clientId,
    algorithms: algorithms.filter((algorithm) => asymmetric.has(algorithm)),
    clockTolerance: toleranceSeconds,
    maxTokenAge: maxAgeSeconds,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
  }).catch((cause: unknown) => {
    throw refused('its signature or one of its claims is wrong', cause)
  })
  // An ID token or an access token of the same provider is signed with the same keys.
  if (!types.has(decodeProtectedHeader(token).typ?.toLowerCase()))
    throw refused('it is a token of another type')
  if (!isObject(payload['events']) || !isObject(payload['events'][event]))
    throw refused('it is about another event')
  if (payload['nonce'] !== undefined) throw refused('it has a nonce')
  const { jti, iat = 0 } = payload
  if (typeof jti !== 'string' || jti === '') throw refused('it has no id')
  return {
    whose: whoseOf(payload, issuer),
    idHash: createHash('sha256').update(`${issuer}\n${jti}`).digest('base64url'),
    forgetAfter: (iat + maxAgeSeconds + 2 * toleranceSeconds) * 1000,
  }
}

function whoseOf({ sid, sub }: JWTPayload, issuer: string): LoggedOut {
  if (typeof sid === 'string' && sid !== '') return { issuer, sid }
  // One that names a session in a way that cannot be read does not mean all of them.
  if (sid === undefined && typeof sub === 'string' && sub !== '') return { issuer, sub }
  throw refused('it names neither a session nor a subject')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
