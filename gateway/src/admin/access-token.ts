import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { Refusal, type KnownCaller, type RefusalReason } from './refusal.ts'
import {
  clientIdOf,
  hasRole,
  isBindingMet,
  isOfClientItself,
  type Claims,
  type TokenClient,
} from './token-claims.ts'

export interface AccessTokenChecks {
  /** Throws when the keys cannot be had; what it throws is passed on. */
  readonly keys: JWTVerifyGetKey
  readonly issuer: string
  readonly audience: string
  readonly role: string
  /** Clients that may come in; none means all that have the role. */
  readonly clients: readonly string[]
}

/**
 * The algorithm is ours to say, never the token's (RFC 8725 §3.1). Symmetric ones and `none` are left
 * out: the keys are public.
 */
const algorithms = [
  ...['RS', 'PS', 'ES'].flatMap((family) => [256, 384, 512].map((bits) => `${family}${bits}`)),
  'EdDSA',
  'Ed25519',
]

/** RFC 9068 §2.1; Entra, Keycloak and others write `JWT`. */
const types = new Set(['at+jwt', 'application/at+jwt', 'jwt'])

/** Between clocks that are never quite the same (RFC 7519 §4.1.4). */
const clockTolerance = 30

const longestId = 200

/** Only of a token whose signature is good; of any other, nothing that it says is known. */
function knownOf(claims: Claims): KnownCaller {
  const client = clientIdOf(claims)
  const { sub } = claims
  return {
    ...(client !== undefined && { client: client.slice(0, longestId) }),
    ...(typeof sub === 'string' && { subject: sub.slice(0, longestId) }),
  }
}

const invalid = (cause: unknown) =>
  new Refusal(
    'token_invalid',
    'The access token is malformed, not signed by its issuer, or not valid now.',
    { cause },
  )

const aboutClaim: Readonly<Record<string, readonly [reason: RefusalReason, message: string]>> = {
  iss: ['token_wrong_issuer', 'The access token is of another issuer (ADMIN_TOKEN_ISSUER).'],
  aud: ['token_wrong_audience', 'The access token is for another audience (ADMIN_TOKEN_AUDIENCE).'],
}

/** What jose found wrong; claims are looked at there once the signature is known to be good. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) {
    const message = 'The access token has expired. Get a new one.'
    return new Refusal('token_expired', message, { known: knownOf(error.payload), cause: error })
  }
  const about =
    error instanceof errors.JWTClaimValidationFailed ? aboutClaim[error.claim] : undefined
  if (error instanceof errors.JWTClaimValidationFailed && about) {
    return new Refusal(...about, { known: knownOf(error.payload), cause: error })
  }
  // A key that is not fit for the algorithm is a TypeError.
  return error instanceof errors.JOSEError || error instanceof TypeError ? invalid(error) : error
}

const isFromFuture = ({ iat = Infinity }: JWTPayload) => iat > Date.now() / 1000 + clockTolerance

/**
 * Which client does an access token of the client-credentials grant belong to (RFC 9068 §4)?
 *
 * @param thumbprint of the client certificate on the same connection, for tokens bound to one
 * @throws {Refusal} and whatever `keys` throws
 */
export async function verifyAccessToken(
  token: string,
  thumbprint: string | undefined,
  { keys, issuer, audience, role, clients }: AccessTokenChecks,
): Promise<TokenClient> {
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    algorithms,
    issuer,
    audience,
    clockTolerance,
    requiredClaims: ['exp', 'iat', 'sub'],
  }).catch((error: unknown) => {
    throw refusalOf(error)
  })
  const known = knownOf(payload)
  const refuse = (reason: RefusalReason, message: string, scope?: string) =>
    new Refusal(reason, message, { known, ...(scope !== undefined && { scope }) })

  if (!types.has(String(protectedHeader.typ).toLowerCase()) || isFromFuture(payload)) {
    throw refuse('token_invalid', 'This is not an access token, or it is from the future.')
  }
  if (!isBindingMet(payload, thumbprint)) {
    throw refuse(
      'token_wrong_certificate',
      'The access token is bound to a key that was not shown with it.',
    )
  }
  const id = clientIdOf(payload)
  if (id === undefined || !isOfClientItself(payload, id)) {
    throw refuse(
      'token_not_a_client',
      'The access token is not one that a client has got for itself. Use the client-credentials grant; with Entra, switch on the optional claim idtyp.',
    )
  }
  if (clients.length > 0 && !clients.includes(id)) {
    throw refuse('token_client_not_listed', 'This client is not in ADMIN_TOKEN_CLIENTS.')
  }
  if (!hasRole(payload, role)) {
    throw refuse(
      'token_role_missing',
      `The access token has neither the role nor the scope ${role}.`,
      role,
    )
  }
  return { id }
}
