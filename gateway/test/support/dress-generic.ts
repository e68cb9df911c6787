import type { Dress } from './dress.ts'

/** The plain provider as it is: npm's `oidc-provider`, which is certified by the OpenID Foundation. */
export const generic: Dress = {
  heading: 'Any other provider',
  clientAuthentication: 'client_secret_basic',
  routes: {
    authorization: '/auth',
    token: '/token',
    jwks: '/jwks',
    end_session: '/session/end',
  },
  scopes: ['openid', 'email', 'offline_access'],
  idToken: (claims) => claims,
  tokens: (answer) => answer,
  signsOutAtOnce: false,
  tenantClaim: 'tenant_id',
  cancelled: { error: 'access_denied', error_description: 'End-User aborted interaction' },
}
