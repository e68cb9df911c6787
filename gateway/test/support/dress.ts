import type { Account } from '../../../dev/demo.ts'

export type Claims = Readonly<Record<string, unknown>>

/** What a client sent to the token endpoint, or the browser to the authorization endpoint. */
export type Parameters = Readonly<Record<string, string | undefined>>

/** An error as the provider sends it back with the browser. */
export interface SentBack {
  readonly error: string
  readonly error_description: string
}

/**
 * What makes the plain provider of the tests look like another one. Shapes are those of published
 * documents, which each dress names; nothing of it was taken from a running service.
 */
export interface Dress {
  /** Its place in docs/providers.md: the heading over its settings. */
  readonly heading: string
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post'
  readonly routes: {
    readonly authorization: string
    readonly token: string
    readonly jwks: string
    readonly end_session: string
  }
  /** Scopes that can be granted. */
  readonly scopes: readonly string[]
  /** The discovery document; left out, the plain provider's own. */
  readonly document?: (issuer: string, origin: string) => Readonly<Record<string, unknown>>
  /** How the provider refuses an authorization request before it asks anybody. */
  readonly refuses?: (request: Parameters) => SentBack | undefined
  /** The ID token in the shape that is published. */
  readonly idToken: (claims: Claims, account: Account) => Claims
  /** The token endpoint's answer in the shape that is published. */
  readonly tokens: (
    answer: Readonly<Record<string, unknown>>,
    request: Parameters,
  ) => Readonly<Record<string, unknown>>
  /** Ends the provider's session without asking, and goes to `post_logout_redirect_uri`. */
  readonly signsOutAtOnce: boolean
  /** What the ID token lacks where nobody filled in which tenant the person belongs to. */
  readonly tenantClaim: string
  readonly cancelled: SentBack
}
