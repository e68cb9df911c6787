import * as oidc from 'openid-client'
import { GatewayError } from '../edge/gateway-error.ts'

/** Why somebody whom the provider signed in may not come in; what the audit log says of it. */
export type RefusalReason =
  | 'no_subject'
  | 'email_too_long'
  | 'no_role'
  | 'several_roles'
  | 'no_tenant'
  | 'several_tenants'
  | 'unreadable_tenants'
  | 'tenant_unavailable'
  | 'wrong_policy'
  | 'wrong_directory'

/** The provider has signed somebody in, and we do not let them in. */
export class SignInRefusal extends GatewayError {
  readonly reason: RefusalReason
  /** Whose sign-in it was, where that is known. */
  readonly sub: string | undefined

  constructor(code: string, message: string, reason: RefusalReason, sub?: string) {
    super(403, code, message)
    this.name = 'SignInRefusal'
    this.reason = reason
    this.sub = sub
  }
}

/** Code of the error with which Azure AD B2C says that somebody asked for a new password. */
export const passwordForgotten = 'password_forgotten'

export const providerUnavailable = (cause: unknown) =>
  new GatewayError(
    503,
    'provider_unavailable',
    'The sign-in service does not answer at the moment. Nothing is wrong with your account; try again shortly.',
    { cause, headers: { 'Retry-After': '5' } },
  )

export const signInFailed = (cause: unknown) =>
  new GatewayError(400, 'sign_in_failed', 'The sign-in could not be completed. Start it again.', {
    cause,
  })

const cancelled = (cause: unknown) =>
  new GatewayError(
    400,
    'sign_in_cancelled',
    'The sign-in was cancelled, or the sign-in service did not allow it. Nothing has changed.',
    { cause },
  )

const forgotten = (cause: unknown) =>
  new GatewayError(
    400,
    passwordForgotten,
    'You asked for a new password, which this site cannot give you. Once you have one, sign in again.',
    { cause },
  )

/**
 * Azure AD B2C has one `error` for many things; its own code is the first word of the description.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/error-codes
 */
const codeOfB2c = (description: string | undefined) => /^AADB2C\d+/.exec(description ?? '')?.[0]

/** What it means that the provider sent the person back without a code (RFC 6749 §4.1.2.1). */
function withoutCode(error: oidc.AuthorizationResponseError): GatewayError {
  switch (codeOfB2c(error.error_description)) {
    case 'AADB2C90118':
      return forgotten(error)
    // Cancelled on a page of B2C, or on one of the provider behind it.
    case 'AADB2C90091':
    case 'AADB2C90273':
      return cancelled(error)
  }
  switch (error.error) {
    case 'access_denied':
      return cancelled(error)
    case 'server_error':
    case 'temporarily_unavailable':
      return providerUnavailable(error)
  }
  return signInFailed(error)
}

/** Errors with a response or a check behind them; all others mean that nobody answered. */
const isProtocolError = (error: unknown) =>
  error instanceof oidc.ResponseBodyError ||
  error instanceof oidc.WWWAuthenticateChallengeError ||
  (error instanceof oidc.ClientError && error.code !== 'OAUTH_TIMEOUT')

/** What a fault of openid-client at the end of a sign-in means to the person. */
export function faultOfSignIn(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause
  if (cause instanceof oidc.AuthorizationResponseError) return withoutCode(cause)
  return isProtocolError(cause) ? signInFailed(cause) : providerUnavailable(cause)
}

/** For the log: what the provider said, or which check failed. Never a token or a claim. */
export function wordsOf(fault: unknown): Readonly<Record<string, string>> {
  if (fault instanceof oidc.AuthorizationResponseError || fault instanceof oidc.ResponseBodyError)
    return {
      providerError: fault.error.slice(0, 100),
      providerDescription: (fault.error_description ?? '').slice(0, 300),
    }
  if (!(fault instanceof Error)) return {}
  // The check that failed is one deeper: openid-client puts its own words around it.
  const inner = fault.cause instanceof Error ? fault.cause : fault
  return { fault: inner.message.slice(0, 300) }
}
