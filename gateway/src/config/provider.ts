import { z } from 'zod'
import { section } from './fields.ts'

export const provider = section({
  title: 'OpenID provider',
  shape: {
    OIDC_ISSUER: z.url().describe('Issuer of the OpenID provider.'),
    OIDC_CLIENT_ID: z.string().min(1).describe('Client id at the provider.'),
    OIDC_CLIENT_SECRET: z
      .string()
      .min(16, 'must have at least 16 characters')
      .describe('Client secret at the provider (RFC 10017 wants a confidential client).'),
    OIDC_SCOPES: z
      .string()
      .default('openid email offline_access')
      .describe('Scopes asked for at sign-in.'),
    INSECURE_HTTP_ISSUER: z
      .stringbool()
      .default(false)
      .describe('Allows a provider without TLS. For a demo on one machine only.'),
    CLAIM_TENANT_ID: z
      .string()
      .default('tenant_id')
      .describe("Claim with a viewer's tenant (Azure AD B2C: `extension_tenant_id`)."),
    CLAIM_ROLE: z.string().default('role').describe('Claim with the role, `viewer` or `admin`.'),
    CLAIM_EMAIL: z
      .string()
      .default('email')
      .describe('Claim with the e-mail address (Azure AD B2C: `emails`).'),
    CLAIM_TENANTS: z
      .string()
      .default('tenants')
      .describe('Claim that limits an admin to a list of tenants; absent means all.'),
  },
  check: ({ OIDC_ISSUER, INSECURE_HTTP_ISSUER }) =>
    OIDC_ISSUER.startsWith('http:') && !INSECURE_HTTP_ISSUER
      ? ['OIDC_ISSUER must use https (INSECURE_HTTP_ISSUER=true allows http in a demo)']
      : [],
})
