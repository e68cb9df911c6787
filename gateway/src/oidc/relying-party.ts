import * as oidc from 'openid-client'
import { createRemoteJWKSet, customFetch } from 'jose'
import type { Principal } from '../session/principal.ts'
import type { RefreshOutcome } from '../session/refresh.ts'
import type { ProviderTokens } from '../session/sign-in-session.ts'
import { underPolicy } from './b2c-policy.ts'
import { boundedFetch } from '../bounded-fetch.ts'
import { principalFrom, type ClaimNames } from './claims.ts'
import { createDiscovery, providerTimeout, type DiscoveryOptions } from './discovery.ts'
import { verifyLogoutToken, type LogoutToken } from './logout-token.ts'
import { faultOfSignIn, providerUnavailable, signInFailed, SignInRefusal } from './refusals.ts'
import { createRotatedTokens } from './rotated-token.ts'
import { assertTokenFits, type TokenChecks } from './token-checks.ts'

export interface RelyingPartyOptions extends DiscoveryOptions, TokenChecks {
  readonly scopes: string
  /** Whether requests to the token endpoint say the scopes again. */
  readonly repeatsScopes: boolean
  /** Value of `prompt` with which another account can be taken than the one that is signed in. */
  readonly otherAccountPrompt: string
  /** Azure AD B2C: the policy that gives people a new password. */
  readonly passwordResetPolicy: string | undefined
  readonly claimNames: ClaimNames
  readonly publicUrl: string
  /** The clock that the end of an access token is written down by; milliseconds since the epoch. */
  readonly now: () => number
}

/** What a sign-in or a refresh gave. */
export interface SignIn {
  readonly principal: Principal
  readonly tokens: ProviderTokens
}

/** The checks of one sign-in, made at its beginning and asked for again at its end. */
export interface SignInChecks {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** Our role towards the OpenID provider. */
export function createRelyingParty(options: RelyingPartyOptions) {
  const { policy, passwordResetPolicy } = options
  const redirectUri = new URL('/auth/callback', options.publicUrl).href
  const rotated = createRotatedTokens(boundedFetch)
  const configuration = createDiscovery(options, rotated.fetch)
  const tokenParameters = options.repeatsScopes ? { scope: options.scopes } : undefined
  let logoutKeys: ReturnType<typeof createRemoteJWKSet> | undefined

  function signInOf(
    response: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  ): SignIn {
    const claims = response.claims()
    if (!claims) throw signInFailed(new Error('no ID token'))
    assertTokenFits(claims, options)
    const lifetime = response.expiresIn()
    const receivedAt = options.now()
    return {
      principal: principalFrom(claims, options.issuer, options.claimNames),
      tokens: {
        refreshToken: response.refresh_token,
        access:
          lifetime === undefined
            ? undefined
            : { receivedAt, expiresAt: receivedAt + lifetime * 1000 },
        opSid: typeof claims['sid'] === 'string' ? claims['sid'] : undefined,
      },
    }
  }

  /** @param prompt how the provider is to ask; by default it asks only whom it does not know yet */
  async function authorizationUrl(checks: SignInChecks, prompt?: string): Promise<URL> {
    return oidc.buildAuthorizationUrl(await configuration(), {
      redirect_uri: redirectUri,
      scope: options.scopes,
      response_type: 'code',
      code_challenge: await oidc.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: 'S256',
      state: checks.state,
      nonce: checks.nonce,
      ...(prompt === undefined ? {} : { prompt }),
    })
  }

  return {
    authorizationUrl: (checks: SignInChecks) => authorizationUrl(checks),

    /** For whoever is signed in at the provider with an account that cannot be used here. */
    otherAccountUrl: (checks: SignInChecks) => authorizationUrl(checks, options.otherAccountPrompt),

    /** Where a new password is to be had; `undefined` where the provider does that by itself. */
    async passwordResetUrl(checks: SignInChecks): Promise<URL | undefined> {
      if (policy === undefined || passwordResetPolicy === undefined) return undefined
      return underPolicy(await authorizationUrl(checks), policy, passwordResetPolicy)
    },

    /**
     * Redeems the code; state, nonce, PKCE, issuer and the ID token's signature are checked.
     *
     * @throws {SignInRefusal} when the provider knows who it is, and we do not let them in
     * @throws {GatewayError} when there is no sign-in
     */
    async redeem(query: string, checks: SignInChecks): Promise<SignIn> {
      const config = await configuration()
      try {
        return signInOf(
          await oidc.authorizationCodeGrant(
            config,
            new URL(redirectUri + query),
            {
              expectedState: checks.state,
              expectedNonce: checks.nonce,
              pkceCodeVerifier: checks.codeVerifier,
              idTokenExpected: true,
            },
            tokenParameters,
          ),
        )
      } catch (cause) {
        configuration.failed(cause)
        throw faultOfSignIn(cause)
      }
    },

    /**
     * New tokens and claims for a refresh token.
     *
     * @returns `ended` when the provider will give none any more (RFC 6749 §5.2), or says things of
     *   the person with which they could not sign in; `unchecked` when it gave another refresh token,
     *   and the rest of its answer did not stand a check
     * @throws {GatewayError} 503 when it did not answer, which says nothing about the session
     */
    async refresh(refreshToken: string): Promise<RefreshOutcome> {
      const config = await configuration()
      return rotated.during(async (heard) => {
        try {
          const response = await oidc.refreshTokenGrant(config, refreshToken, tokenParameters)
          // Without an ID token there is nothing new to know of the person (OIDC Core §12.2).
          return response.claims() ? signInOf(response) : 'ended'
        } catch (cause) {
          if (cause instanceof SignInRefusal) return 'ended'
          if (cause instanceof oidc.ResponseBodyError && cause.error === 'invalid_grant')
            return 'ended'
          configuration.failed(cause)
          const unchecked = providerUnavailable(cause)
          if (heard.refreshToken === undefined) throw unchecked
          return { unchecked, refreshToken: heard.refreshToken }
        }
      })
    },

    /**
     * Where the browser ends its session at the provider. It is told our client id instead of an
     * `id_token_hint`, which would show the browser a token (RP-Initiated Logout 1.0 §2).
     */
    async logoutUrl(): Promise<URL | undefined> {
      const config = await configuration()
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined
      return oidc.buildEndSessionUrl(config, {
        client_id: options.clientId,
        post_logout_redirect_uri: new URL('/logout', options.publicUrl).href,
      })
    },

    async loggedOut(logoutToken: string): Promise<LogoutToken> {
      const server = (await configuration()).serverMetadata()
      logoutKeys ??= createRemoteJWKSet(new URL(server.jwks_uri ?? ''), {
        timeoutDuration: providerTimeout * 1000,
        [customFetch]: boundedFetch,
      })
      const { whose, ...use } = await verifyLogoutToken(logoutToken, {
        keys: logoutKeys,
        issuer: server.issuer,
        clientId: options.clientId,
        algorithms: server.id_token_signing_alg_values_supported,
      })
      // As sessions have it: an origin may be written with or without its slash.
      return { ...use, whose: { ...whose, issuer: options.issuer } }
    },
  }
}

export type RelyingParty = ReturnType<typeof createRelyingParty>
