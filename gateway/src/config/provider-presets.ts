/** What differs between kinds of providers. Each value has a setting of its own that overrides it. */
export interface ProviderPreset {
  readonly scopes: (clientId: string) => string
  readonly claims: {
    readonly tenantId: string
    readonly role: string
    readonly email: string
    readonly tenants: string
  }
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post'
  /** Whether requests to the token endpoint say the scopes again. */
  readonly repeatsScopes: boolean
  /** Value of `prompt` with which another account can be taken than the one that is signed in. */
  readonly otherAccountPrompt: 'login' | 'select_account'
}

/**
 * The kinds of providers that are known by name; docs/providers.md says how to set them up.
 *
 * Azure AD B2C gives an access token only where the client's own id is among the scopes, knows no
 * scope `email`, and gives an ID token and a refresh token where the token request asks for them
 * again. Entra keeps the claims `tenant_id` and `role` for itself.
 *
 * @see https://learn.microsoft.com/azure/active-directory-b2c/access-tokens#openid-connect-scopes
 * @see https://learn.microsoft.com/entra/identity-platform/reference-claims-customization
 */
export const providerPresets = {
  generic: {
    scopes: () => 'openid email offline_access',
    claims: { tenantId: 'tenant_id', role: 'role', email: 'email', tenants: 'tenants' },
    clientAuthentication: 'client_secret_basic',
    // RFC 6749 §6 forbids to ask for more than was granted, which may be less than was asked for.
    repeatsScopes: false,
    otherAccountPrompt: 'login',
  },
  'azure-ad-b2c': {
    scopes: (clientId) => `openid offline_access ${clientId}`,
    claims: {
      tenantId: 'extension_tenant_id',
      role: 'extension_role',
      email: 'emails',
      tenants: 'extension_tenants',
    },
    clientAuthentication: 'client_secret_post',
    repeatsScopes: true,
    otherAccountPrompt: 'login',
  },
  'entra-external-id': {
    scopes: () => 'openid profile email offline_access',
    claims: {
      tenantId: 'extension_tenant_id',
      role: 'roles',
      email: 'email',
      tenants: 'extension_tenants',
    },
    clientAuthentication: 'client_secret_post',
    repeatsScopes: true,
    otherAccountPrompt: 'select_account',
  },
} as const satisfies Record<string, ProviderPreset>

/** Names of user flows and custom policies of Azure AD B2C; their letter case means nothing. */
const policyForm = /^b2c_1[\w-]+$/i

/**
 * The policy of Azure AD B2C that a discovery document belongs to: a segment of its path, or the
 * parameter `p`.
 */
export function policyOf(discoveryUrl: string): string | undefined {
  const { pathname, searchParams } = new URL(discoveryUrl)
  const named = [searchParams.get('p') ?? '', ...pathname.split('/')]
  return named.find((name) => policyForm.test(name))
}

export const isPolicy = (name: string): boolean => policyForm.test(name)

/** The directory (tenant of Entra) that an issuer speaks for; `undefined` for `common` and the like. */
export const directoryOf = (issuer: string): string | undefined =>
  /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\.0\/?$/i.exec(new URL(issuer).pathname)?.[1]
