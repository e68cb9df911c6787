import { webcrypto } from 'node:crypto'
import { join } from 'node:path'

import type { Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider'

import { readOrCreateJson } from '../private-file.ts'
import { type Accounts, subjectOf } from './accounts.ts'
import { contentSecurityPolicy, messagePage, signOutPage } from './pages.ts'
import { pipelineClients, pipelineFeatures } from './pipeline.ts'
import type { ProviderSettings } from './settings.ts'
import { createSqliteAdapter } from './sqlite-adapter.ts'

/** What the demo's OpenID provider offers, beyond the library's defaults. */
export async function createConfiguration(
  settings: ProviderSettings,
  accounts: Accounts,
): Promise<Configuration> {
  return {
    adapter: createSqliteAdapter(join(settings.directory, 'provider.sqlite')),
    jwks: await readOrCreateJson(join(settings.directory, 'provider-keys.json'), createKeys),
    cookies: { keys: [settings.cookieKey] },
    clients: [
      {
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        client_name: 'Dashgate',
        redirect_uris: [`${settings.gatewayUrl}/auth/callback`],
        post_logout_redirect_uris: [`${settings.gatewayUrl}/logout`],
        backchannel_logout_uri: `${settings.gatewayUrl}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
      ...pipelineClients(settings),
    ],
    // All claims in the ID token, as Azure AD B2C does it.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'tenant_id', 'role', 'tenants'],
      email: ['email', 'email_verified'],
    },
    scopes: ['openid', 'email', 'offline_access'],
    pkce: { required: () => true },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: settings.accessTokenSeconds,
      IdToken: settings.accessTokenSeconds,
      AuthorizationCode: 60,
      Interaction: 3_600,
      Grant: 14 * 86_400,
      RefreshToken: 14 * 86_400,
      Session: 14 * 86_400,
    },
    findAccount: (_, sub) => findAccount(accounts, sub),
    loadExistingGrant: grantWithoutConsent,
    // The library's own dispatcher refuses loopback addresses; the one address that this provider
    // ever calls, to sign out of the gateway, is one.
    fetch: (url, options) => globalThis.fetch(url, withoutDispatcher(options)),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      ...pipelineFeatures,
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => answer(ctx, settings, signOutPage(form)),
        postLogoutSuccessSource: (ctx) =>
          answer(ctx, settings, messagePage('Signed out', 'You can close this page.')),
      },
    },
    renderError: (ctx, out) =>
      answer(
        ctx,
        settings,
        messagePage('This did not work', `${out.error}: ${out.error_description ?? 'no details'}`),
      ),
  }
}

function answer(ctx: KoaContextWithOIDC, settings: ProviderSettings, html: string): void {
  ctx.type = 'html'
  ctx.set('content-security-policy', contentSecurityPolicy(settings.gatewayUrl))
  ctx.body = html
}

function withoutDispatcher(options: RequestInit = {}): RequestInit {
  const copy = { ...options }
  delete copy.dispatcher
  return copy
}

async function createKeys(): Promise<{ keys: JWK[] }> {
  const { privateKey } = await webcrypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  )
  const { key_ops: _, ext: __, ...jwk } = await webcrypto.subtle.exportKey('jwk', privateKey)
  return { keys: [{ ...jwk, kty: 'RSA', use: 'sig', alg: 'RS256' }] }
}

function findAccount(accounts: Accounts, sub: string) {
  const account = accounts.bySubject(sub)
  if (!account) return undefined
  const claims = {
    sub: subjectOf(account),
    email: account.login,
    email_verified: true,
    ...account.claims,
  }
  return { accountId: claims.sub, claims: () => claims }
}

/** The gateway is the organisation's own: nobody is asked whether it may know who they are. */
async function grantWithoutConsent(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc
  if (!client || !session?.accountId) return undefined
  const grantId = session.grantIdFor(client.clientId)
  const existing = grantId ? await provider.Grant.find(grantId) : undefined
  if (existing) return existing
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid email offline_access')
  await grant.save()
  return grant
}
