/** What a verified access token says of the client that it was given to. */
export interface TokenClient {
  readonly id: string
}

export type Claims = Readonly<Record<string, unknown>>

/** RFC 9068 §2.2; OpenID Connect and Entra v2; Entra v1; Okta. */
const clientClaims = ['client_id', 'azp', 'appid', 'cid']

/** Claims of a person's sign-in: none of them has business in a token of a client's own. */
const signInClaims = ['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time']

/** Id of the client that a token was given to; `undefined` when none or several are named. */
export function clientIdOf(claims: Claims): string | undefined {
  const named = new Set(clientClaims.map((name) => claims[name]).filter((id) => id !== undefined))
  const [id] = named
  return named.size === 1 && typeof id === 'string' && id !== '' ? id : undefined
}

/**
 * Was the token given to a client that acts for itself (client credentials), not for a person? The
 * subject is then the client (RFC 9068 §2.2). Providers whose subject is another thing say it with a
 * claim: Entra with `idtyp`, an optional claim that is to be switched on, and Auth0 with `gty`.
 */
export function isOfClientItself(claims: Claims, clientId: string): boolean {
  if (signInClaims.some((name) => claims[name] !== undefined)) return false
  if (claims['idtyp'] !== undefined) return claims['idtyp'] === 'app'
  if (claims['gty'] !== undefined) {
    return claims['gty'] === 'client-credentials' && claims['sub'] === `${clientId}@clients`
  }
  return claims['sub'] === clientId
}

/** A list, or one text with blanks between the words (RFC 6749 §3.3). */
const wordsOf = (value: unknown): unknown[] =>
  typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []

/** Is the role among the token's roles or scopes? */
export const hasRole = (claims: Claims, role: string): boolean =>
  ['roles', 'scope', 'scp'].some((name) => wordsOf(claims[name]).includes(role))

/**
 * Does a token that is bound to a key come with that key (RFC 7800, RFC 8705 §3)? The only binding
 * that can be checked here is the one to a client certificate; any other is not met.
 */
export function isBindingMet(claims: Claims, thumbprint: string | undefined): boolean {
  const { cnf } = claims
  if (cnf === undefined) return true
  if (typeof cnf !== 'object' || cnf === null) return false
  const bindings = Object.entries(cnf)
  return (
    thumbprint !== undefined &&
    bindings.length === 1 &&
    bindings.every(([name, value]) => name === 'x5t#S256' && value === thumbprint)
  )
}
