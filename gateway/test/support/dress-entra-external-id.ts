import type { Dress } from './dress.ts'

/**
 * Microsoft Entra External ID, after:
 * - https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc (addresses, requests,
 *   answers, sign-out) and https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
 * - https://learn.microsoft.com/entra/external-id/customers/how-to-use-app-roles-customers (`roles`)
 * - https://learn.microsoft.com/entra/external-id/customers/how-to-add-attributes-to-token
 * - https://learn.microsoft.com/entra/identity-platform/reference-claims-customization (names that
 *   cannot be given to claims of one's own)
 * - the issuer with the directory's id for its host, described in
 *   https://github.com/AzureAD/microsoft-authentication-library-for-js/pull/8595
 */

export const directoryId = '0e96f835-6e34-470c-800b-2e2c5908c54c'
const below = (path: string) => `/${directoryId}${path}`
const scopes = ['openid', 'profile', 'email', 'offline_access']

export const entraExternalId: Dress = {
  heading: 'Microsoft Entra External ID',
  clientAuthentication: 'client_secret_post',
  routes: {
    authorization: below('/oauth2/v2.0/authorize'),
    token: below('/oauth2/v2.0/token'),
    jwks: below('/discovery/v2.0/keys'),
    end_session: below('/oauth2/v2.0/logout'),
  },
  scopes,
  document: (issuer, origin) => ({
    token_endpoint: origin + below('/oauth2/v2.0/token'),
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ],
    jwks_uri: origin + below('/discovery/v2.0/keys'),
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: scopes,
    issuer,
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: origin + below('/oauth2/v2.0/authorize'),
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: origin + below('/oauth2/v2.0/logout'),
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'tid', 'ver', 'email', 'name'],
    tenant_region_scope: null,
    cloud_instance_name: 'microsoftonline.com',
  }),
  idToken: ({ sub, aud, exp, iat, nonce, iss, sid }, { login, claims }) => ({
    ver: '2.0',
    iss,
    sub,
    aud,
    exp,
    iat,
    nbf: iat,
    ...(nonce === undefined ? {} : { nonce }),
    ...(sid === undefined ? {} : { sid }),
    name: 'unknown',
    oid: '1b380119-2f96-4cc9-a78e-74f72c6833ee',
    preferred_username: login,
    email: login,
    rh: '1.AXkANfiWDjRuDEeACy4sWQjFTA.',
    tid: directoryId,
    uti: 'qFJl0mlGTUu3nDQ0_a0BAA',
    // Of all roles of the application; ours are among others.
    roles: ['Reports.Export', claims.role],
    ...(claims.tenant_id === undefined ? {} : { extension_tenant_id: claims.tenant_id }),
    ...(claims.tenants === undefined ? {} : { extension_tenants: claims.tenants.join(',') }),
  }),
  tokens({ access_token, id_token, refresh_token, expires_in }, { scope = '' }) {
    const asked = new Set(scope.split(' '))
    return {
      token_type: 'Bearer',
      scope: 'email openid profile',
      expires_in,
      ext_expires_in: expires_in,
      access_token,
      ...(asked.has('offline_access') ? { refresh_token } : {}),
      ...(asked.has('openid') ? { id_token } : {}),
    }
  },
  signsOutAtOnce: true,
  tenantClaim: 'extension_tenant_id',
  cancelled: {
    error: 'access_denied',
    error_description: 'the user canceled the authentication',
  },
}
