import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { provider, providerSettings } from './provider.ts'

const directory = '775527ff-9a37-4307-8b3d-cc311f58d925'
const client = {
  OIDC_CLIENT_ID: '90c0fe63-bcf2-44d5-8fb7-b8bbc0b29dc6',
  OIDC_CLIENT_SECRET: 'a-long-enough-secret',
}
const b2c = {
  ...client,
  OIDC_PRESET: 'azure-ad-b2c',
  OIDC_ISSUER: `https://c.b2clogin.com/${directory}/v2.0/`,
  OIDC_DISCOVERY_URL:
    'https://c.b2clogin.com/c.onmicrosoft.com/B2C_1_susi/v2.0/.well-known/openid-configuration',
}
const entra = {
  ...client,
  OIDC_PRESET: 'entra-external-id',
  OIDC_ISSUER: `https://${directory}.ciamlogin.com/${directory}/v2.0`,
}

const parsed = (environment: Record<string, string | undefined>) =>
  z.object(provider.shape).parse(environment)
const settings = (environment: Record<string, string>) => providerSettings(parsed(environment))
const faults = (environment: Record<string, string | undefined>) =>
  provider.check?.(parsed(environment)).join('\n')

describe('the preset azure-ad-b2c', () => {
  it('asks for an access token by the client id, and for the claims of user attributes', () => {
    expect(settings(b2c)).toMatchObject({
      discoveryUrl: b2c.OIDC_DISCOVERY_URL,
      scopes: `openid offline_access ${client.OIDC_CLIENT_ID}`,
      policy: 'B2C_1_susi',
      directoryId: undefined,
      claimNames: { tenantId: 'extension_tenant_id', role: 'extension_role', email: 'emails' },
    })
  })

  it.each([
    'https://c.b2clogin.com/tfp/c.onmicrosoft.com/b2c_1a_susi/v2.0/.well-known/openid-configuration',
    'https://c.b2clogin.com/c.onmicrosoft.com/v2.0/.well-known/openid-configuration?p=b2c_1a_susi',
    `https://login.c.example/${directory}/b2c_1a_susi/v2.0/.well-known/openid-configuration`,
  ])('finds the policy in %s', (OIDC_DISCOVERY_URL) => {
    expect(settings({ ...b2c, OIDC_DISCOVERY_URL }).policy).toBe('b2c_1a_susi')
  })

  it('does not start where it could not tell which policy must have made a token', () => {
    expect(faults(b2c)).toBe('')
    expect(faults({ ...b2c, OIDC_DISCOVERY_URL: undefined })).toMatch(/must name the policy/)
  })
})

describe('the preset entra-external-id', () => {
  it('takes roles from app roles, and lets people choose another account', () => {
    expect(settings(entra)).toMatchObject({
      discoveryUrl: `${entra.OIDC_ISSUER}/.well-known/openid-configuration`,
      directoryId: directory,
      policy: undefined,
      otherAccountPrompt: 'select_account',
      claimNames: { tenantId: 'extension_tenant_id', role: 'roles', email: 'email' },
    })
  })

  it.each(['common', 'organizations', 'c.onmicrosoft.com', '{tenantid}'])(
    'does not start with the issuer of %s, which is not one directory',
    (name) => {
      const OIDC_ISSUER = `https://login.microsoftonline.com/${name}/v2.0`
      expect(faults({ ...entra, OIDC_ISSUER })).toMatch(/issuer of one directory/)
    },
  )
})

describe('every preset', () => {
  it('gives way to the settings', () => {
    const changes = {
      OIDC_SCOPES: 'openid api',
      OIDC_CLIENT_AUTHENTICATION: 'client_secret_basic',
      CLAIM_TENANT_ID: 'customer',
      CLAIM_ROLE: 'kind',
      CLAIM_EMAIL: 'mail',
      CLAIM_TENANTS: 'customers',
    }
    expect(settings({ ...b2c, ...changes })).toMatchObject({
      scopes: 'openid api',
      clientAuthentication: 'client_secret_basic',
      claimNames: { tenantId: 'customer', role: 'kind', email: 'mail', tenants: 'customers' },
    })
  })

  it.each([
    [{ OIDC_ISSUER: 'https://c.example/.well-known/openid-configuration' }, /belongs in OIDC_DISC/],
    [{ OIDC_SCOPES: 'email offline_access' }, /openid among them/],
    [{ OIDC_PASSWORD_RESET_POLICY: 'B2C_1_reset' }, /azure-ad-b2c only/],
    [{ OIDC_DISCOVERY_URL: 'http://c.example/' }, /OIDC_DISCOVERY_URL must use https/],
  ])('refuses %j', (changes, words) => {
    expect(faults({ ...client, OIDC_ISSUER: 'https://c.example', ...changes })).toMatch(words)
  })
})
