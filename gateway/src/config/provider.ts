import { z } from 'zod'
import { section } from './fields.ts'
import {
  directoryOf,
  isPolicy,
  policyOf,
  providerPresets,
  type ProviderPreset,
} from './provider-presets.ts'

const byPreset = (text: string) => `${text} Default: by \`OIDC_PRESET\`.`

const shape = {
  OIDC_PRESET: z
    .enum(['generic', 'azure-ad-b2c', 'entra-external-id'])
    .default('generic')
    .describe(
      'Kind of provider: `generic`, `azure-ad-b2c` or `entra-external-id`. Sets defaults and checks ([providers.md](providers.md)).',
    ),
  OIDC_ISSUER: z
    .url()
    .describe("Issuer of the OpenID provider, letter by letter as in the provider's document."),
  OIDC_DISCOVERY_URL: z
    .url()
    .optional()
    .describe(
      "Address of the provider's document where it does not lie below the issuer, as with Azure AD B2C. Default: `<OIDC_ISSUER>/.well-known/openid-configuration`.",
    ),
  OIDC_CLIENT_ID: z.string().min(1).describe('Client id at the provider.'),
  OIDC_CLIENT_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .describe('Client secret at the provider (RFC 10017 wants a confidential client).'),
  OIDC_CLIENT_AUTHENTICATION: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .optional()
    .describe(byPreset('How the secret is sent: `client_secret_basic` or `client_secret_post`.')),
  OIDC_SCOPES: z.string().optional().describe(byPreset('Scopes asked for at sign-in.')),
  OIDC_PASSWORD_RESET_POLICY: z
    .string()
    .refine(isPolicy, 'must be the name of a policy, as in B2C_1_reset')
    .optional()
    .describe(
      'Azure AD B2C: the policy that people are sent to who forgot their password, where the sign-in policy does not do that itself.',
    ),
  INSECURE_HTTP_ISSUER: z
    .stringbool()
    .default(false)
    .describe('Allows a provider without TLS. For a demo on one machine only.'),
  CLAIM_TENANT_ID: z.string().optional().describe(byPreset("Claim with a viewer's tenant.")),
  CLAIM_ROLE: z
    .string()
    .optional()
    .describe(byPreset('Claim with the role, `viewer` or `admin`; in a list exactly one of them.')),
  CLAIM_EMAIL: z.string().optional().describe(byPreset('Claim with the e-mail address.')),
  CLAIM_TENANTS: z
    .string()
    .optional()
    .describe(
      byPreset(
        'Claim that limits an admin to some tenants, a list or a text with commas; absent means all.',
      ),
    ),
}

type Values = z.output<z.ZodObject<typeof shape>>

/** What the checks of a preset stand on must be there, or they would silently check nothing. */
function faultsOfPreset(values: Values): string[] {
  const { OIDC_PRESET, OIDC_ISSUER, OIDC_DISCOVERY_URL, OIDC_PASSWORD_RESET_POLICY } = values
  if (OIDC_PRESET !== 'azure-ad-b2c' && OIDC_PASSWORD_RESET_POLICY !== undefined)
    return ['OIDC_PASSWORD_RESET_POLICY goes with OIDC_PRESET=azure-ad-b2c only']
  if (OIDC_PRESET === 'azure-ad-b2c' && policyOf(OIDC_DISCOVERY_URL ?? OIDC_ISSUER) === undefined)
    return [
      'OIDC_DISCOVERY_URL must name the policy: https://<name>.b2clogin.com/<name>.onmicrosoft.com/<policy>/v2.0/.well-known/openid-configuration',
    ]
  if (OIDC_PRESET === 'entra-external-id' && directoryOf(OIDC_ISSUER) === undefined)
    return [
      'OIDC_ISSUER must be the issuer of one directory: https://<directory id>.ciamlogin.com/<directory id>/v2.0',
    ]
  return []
}

export const provider = section({
  title: 'OpenID provider',
  shape,
  check: (values) => [
    ...(['OIDC_ISSUER', 'OIDC_DISCOVERY_URL'] as const)
      .filter((name) => values[name]?.startsWith('http:') && !values.INSECURE_HTTP_ISSUER)
      .map((name) => `${name} must use https (INSECURE_HTTP_ISSUER=true allows http in a demo)`),
    ...(values.OIDC_ISSUER.includes('/.well-known/')
      ? ['OIDC_ISSUER is the address of a document, which belongs in OIDC_DISCOVERY_URL']
      : []),
    ...(values.OIDC_SCOPES?.split(' ').includes('openid') === false
      ? ['OIDC_SCOPES must have openid among them']
      : []),
    ...faultsOfPreset(values),
  ],
})

/** The provider as its preset and the settings that override it describe it. */
export interface ProviderSettings extends Omit<ProviderPreset, 'scopes' | 'claims'> {
  readonly issuer: string
  readonly discoveryUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: string
  readonly claimNames: ProviderPreset['claims']
  /** Lets the provider be reached without TLS. */
  readonly allowInsecureIssuer: boolean
  /** Azure AD B2C: the policy that must have made each ID token. */
  readonly policy: string | undefined
  readonly passwordResetPolicy: string | undefined
  /** Entra: the directory (`tid`) that each ID token must be of. */
  readonly directoryId: string | undefined
}

export function providerSettings(values: Values): ProviderSettings {
  const { scopes, claims, ...preset }: ProviderPreset = providerPresets[values.OIDC_PRESET]
  const issuer = values.OIDC_ISSUER
  const discoveryUrl =
    values.OIDC_DISCOVERY_URL ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return {
    ...preset,
    issuer,
    discoveryUrl,
    clientId: values.OIDC_CLIENT_ID,
    clientSecret: values.OIDC_CLIENT_SECRET,
    clientAuthentication: values.OIDC_CLIENT_AUTHENTICATION ?? preset.clientAuthentication,
    scopes: values.OIDC_SCOPES ?? scopes(values.OIDC_CLIENT_ID),
    claimNames: {
      tenantId: values.CLAIM_TENANT_ID ?? claims.tenantId,
      role: values.CLAIM_ROLE ?? claims.role,
      email: values.CLAIM_EMAIL ?? claims.email,
      tenants: values.CLAIM_TENANTS ?? claims.tenants,
    },
    allowInsecureIssuer: values.INSECURE_HTTP_ISSUER,
    policy: values.OIDC_PRESET === 'azure-ad-b2c' ? policyOf(discoveryUrl) : undefined,
    passwordResetPolicy: values.OIDC_PASSWORD_RESET_POLICY,
    directoryId: values.OIDC_PRESET === 'entra-external-id' ? directoryOf(issuer) : undefined,
  }
}
