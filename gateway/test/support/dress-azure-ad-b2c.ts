import type { Dress, SentBack } from './dress.ts'

/**
 * Azure AD B2C, after:
 * - https://learn.microsoft.com/azure/active-directory-b2c/openid-connect (addresses, requests,
 *   answers, sign-out)
 * - https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview (claims, `iss`, `tfp`)
 * - https://learn.microsoft.com/azure/active-directory-b2c/access-tokens#openid-connect-scopes
 * - https://learn.microsoft.com/azure/active-directory-b2c/error-codes
 * - documents and answers quoted in https://github.com/coreos/go-oidc/issues/121,
 *   https://github.com/panva/openid-client/issues/717 and
 *   https://github.com/MicrosoftDocs/azure-docs/issues/64582
 */

const clientId = '90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6'
const policy = 'b2c_1_signupsignin'
const below = (name: string) => `/contoso.onmicrosoft.com/${name}`

/** Where people without a password are sent; nothing there is a sign-in. */
export const passwordResetRoute = `${below('B2C_1_passwordreset')}/oauth2/v2.0/authorize`

/** Line ends and all, as the service writes them. */
export const sentByB2c = (error: string, words: string): SentBack => ({
  error,
  error_description: `${words}\r\nCorrelation ID: 3ed683a1-d742-4f59-beb8-86bc22bb7196\r\nTimestamp: 2026-01-30 12:15:15Z\r\n`,
})

const scopes = ['openid', 'offline_access', clientId]
const words = (scope: string | undefined) => (scope ?? '').split(' ').filter(Boolean)

export const azureAdB2c: Dress = {
  heading: 'Azure AD B2C',
  clientAuthentication: 'client_secret_post',
  routes: {
    authorization: `${below(policy)}/oauth2/v2.0/authorize`,
    token: `${below(policy)}/oauth2/v2.0/token`,
    jwks: `${below(policy)}/discovery/v2.0/keys`,
    end_session: `${below(policy)}/oauth2/v2.0/logout`,
  },
  scopes,
  document: (issuer, origin) => ({
    issuer,
    authorization_endpoint: `${origin}${below(policy)}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}${below(policy)}/oauth2/v2.0/token`,
    end_session_endpoint: `${origin}${below(policy)}/oauth2/v2.0/logout`,
    jwks_uri: `${origin}${below(policy)}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token'],
    scopes_supported: ['openid'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['name', 'emails', 'idp', 'sub', 'tfp', 'iss', 'iat', 'exp', 'aud', 'nonce'],
  }),
  refuses({ scope }) {
    const unknown = words(scope).find((one) => !scopes.includes(one))
    if (unknown === undefined) return undefined
    return sentByB2c(
      'invalid_request',
      `AADB2C90117: The scope '${unknown}' provided in the request is not supported.`,
    )
  },
  idToken: ({ sub, aud, exp, iat, nonce, iss }, { login, claims }) => ({
    ver: '1.0',
    iss,
    sub,
    aud,
    exp,
    nbf: iat,
    iat,
    auth_time: iat,
    ...(nonce === undefined ? {} : { nonce }),
    idp: 'LocalAccount',
    emails: [login],
    tfp: 'B2C_1_signupsignin',
    extension_role: claims.role,
    ...(claims.tenant_id === undefined ? {} : { extension_tenant_id: claims.tenant_id }),
    ...(claims.tenants === undefined ? {} : { extension_tenants: claims.tenants.join(', ') }),
  }),
  /** What is not among the scopes of the token request is not in its answer. */
  tokens({ access_token, id_token, refresh_token, expires_in }, { scope }) {
    const asked = new Set(words(scope))
    const expires = String(expires_in)
    return {
      token_type: 'Bearer',
      not_before: '1442340812',
      ...(asked.has(clientId) ? { access_token, expires_in: expires } : {}),
      ...(asked.has('openid') ? { id_token, id_token_expires_in: expires } : {}),
      ...(asked.has('offline_access') ? { refresh_token, refresh_token_expires_in: 1209600 } : {}),
      scope,
    }
  },
  signsOutAtOnce: true,
  tenantClaim: 'extension_tenant_id',
  cancelled: sentByB2c(
    'access_denied',
    'AADB2C90091: The user has cancelled entering self-asserted information.',
  ),
}
