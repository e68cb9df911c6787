import { GatewayError } from '../edge/gateway-error.ts'

/** Why a caller of the admin API is refused, and the status that says so. */
const statuses = {
  certificate_missing: 403,
  certificate_untrusted: 403,
  certificate_expired: 403,
  certificate_not_listed: 403,
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  token_wrong_issuer: 401,
  token_wrong_audience: 401,
  token_wrong_certificate: 401,
  token_not_a_client: 403,
  token_client_not_listed: 403,
  token_role_missing: 403,
  /** The handshake itself failed; there is nobody to answer. */
  handshake_failed: 403,
} as const

export type RefusalReason = keyof typeof statuses

/** What a client certificate says of itself, and whether the CA vouches for it. */
export interface SeenCertificate {
  readonly subject: string
  readonly issuer: string
  /** SHA-256, as OpenSSL prints it. */
  readonly fingerprint: string
  readonly isTrusted: boolean
}

/** What is known of a refused caller, for the audit log; never the token itself. */
export interface KnownCaller {
  readonly certificate?: SeenCertificate
  /** OpenSSL's word for what is wrong with the certificate. */
  readonly fault?: string
  /** Client id and subject of a token whose signature is good. */
  readonly client?: string
  readonly subject?: string
}

export interface RefusalOptions {
  readonly known?: KnownCaller
  /** Where a token would do as well: 401, which asks for one. */
  readonly asksForToken?: boolean
  /** The scope that a token must have (RFC 6750, section 3). */
  readonly scope?: string
  readonly cause?: unknown
}

/** A caller that has not proven to be an operator. */
export class Refusal extends GatewayError {
  readonly reason: RefusalReason
  readonly known: KnownCaller

  constructor(reason: RefusalReason, message: string, options: RefusalOptions = {}) {
    const { known = {}, asksForToken = reason.startsWith('token_'), cause } = options
    super(options.asksForToken ? 401 : statuses[reason], reason, message, {
      cause,
      ...(asksForToken && {
        headers: { 'WWW-Authenticate': challenge(reason, message, options.scope) },
      }),
    })
    this.reason = reason
    this.known = known
  }
}

/** RFC 6750, section 3: who sent no token is told no error. */
function challenge(reason: RefusalReason, message: string, scope?: string): string {
  const parameters: [name: string, value: string][] = [['realm', 'dashgate-admin']]
  if (reason.startsWith('token_') && reason !== 'token_missing') {
    parameters.push(
      ['error', statuses[reason] === 403 ? 'insufficient_scope' : 'invalid_token'],
      ['error_description', message],
    )
  }
  if (scope !== undefined) parameters.push(['scope', scope])
  return `Bearer ${parameters.map(([name, value]) => `${name}="${value}"`).join(', ')}`
}
