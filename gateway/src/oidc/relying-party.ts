import * as oidc from 'openid-client'
import { createRemoteJWKSet } from 'jose'
import { GatewayError } from '../edge/gateway-error.ts'
import type { Principal } from '../session/principal.ts'
import type { ProviderTokens } from '../session/sign-in-session.ts'
import { verifyLogoutToken, type LoggedOut } from './logout-token.ts'
import { principalFrom, type ClaimNames } from './claims.ts'

export interface RelyingPartyOptions {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: string
  readonly claimNames: ClaimNames
  readonly publicUrl: string
  /** Lets the provider be reached without TLS. */
  readonly allowInsecureIssuer: boolean
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

/** Seconds; the library's own limit of 30 is longer than a person waits for an error page. */
const providerTimeout = 2

/** After a failed discovery, so long is the next one put off: a flood must not hammer the provider. */
const discoveryPauseMs = 500

const unavailable = (cause: unknown) =>
  new GatewayError(
    503,
    'provider_unavailable',
    'The sign-in service does not answer at the moment. Nothing is wrong with your account; try again shortly.',
    { cause, headers: { 'Retry-After': '5' } },
  )

const refused = (cause: unknown) =>
  new GatewayError(400, 'sign_in_failed', 'The sign-in could not be completed. Start it again.', {
    cause,
  })

/** Errors with a response or a check behind them; all others mean that nobody answered. */
const isProtocolError = (error: unknown) =>
  error instanceof oidc.ResponseBodyError ||
  error instanceof oidc.AuthorizationResponseError ||
  error instanceof oidc.WWWAuthenticateChallengeError ||
  (error instanceof oidc.ClientError && error.code !== 'OAUTH_TIMEOUT')

/** Our role towards the OpenID provider. It is found at first need, and again after a failure. */
export function createRelyingParty(options: RelyingPartyOptions) {
  const redirectUri = new URL('/auth/callback', options.publicUrl).href
  let discovered: Promise<oidc.Configuration> | undefined
  let logoutKeys: ReturnType<typeof createRemoteJWKSet> | undefined

  function discover(): Promise<oidc.Configuration> {
    return oidc.discovery(
      new URL(options.issuer),
      options.clientId,
      undefined,
      oidc.ClientSecretBasic(options.clientSecret),
      {
        timeout: providerTimeout,
        execute: [
          // Without it the signature of an ID token from the token endpoint goes unchecked.
          oidc.enableNonRepudiationChecks,
          ...(options.allowInsecureIssuer ? [oidc.allowInsecureRequests] : []),
        ],
      },
    )
  }

  function configuration(): Promise<oidc.Configuration> {
    discovered ??= discover().catch((cause: unknown) => {
      setTimeout(() => (discovered = undefined), discoveryPauseMs).unref()
      throw unavailable(cause)
    })
    return discovered
  }

  function signInOf(
    response: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers,
  ): SignIn {
    const claims = response.claims()
    if (!claims) throw refused(new Error('no ID token'))
    const lifetime = response.expiresIn()
    return {
      principal: principalFrom(claims, options.issuer, options.claimNames),
      tokens: {
        refreshToken: response.refresh_token,
        accessExpiresAt: lifetime === undefined ? undefined : Date.now() + lifetime * 1000,
        opSid: typeof claims['sid'] === 'string' ? claims['sid'] : undefined,
      },
    }
  }

  return {
    async authorizationUrl({ state, nonce, codeVerifier }: SignInChecks): Promise<URL> {
      return oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: options.scopes,
        response_type: 'code',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
    },

    /** Redeems the code; state, nonce, PKCE, issuer and the ID token's signature are checked. */
    async redeem(query: string, checks: SignInChecks): Promise<SignIn> {
      const config = await configuration()
      const response = await oidc
        .authorizationCodeGrant(config, new URL(redirectUri + query), {
          expectedState: checks.state,
          expectedNonce: checks.nonce,
          pkceCodeVerifier: checks.codeVerifier,
          idTokenExpected: true,
        })
        .catch((cause: unknown) => {
          throw isProtocolError(cause) ? refused(cause) : unavailable(cause)
        })
      return signInOf(response)
    },

    /**
     * New tokens and claims for a refresh token.
     *
     * @returns `ended` when the provider will give none any more (RFC 6749 §5.2)
     * @throws {GatewayError} 503 when it did not answer, which says nothing about the session
     */
    async refresh(refreshToken: string): Promise<SignIn | 'ended'> {
      const config = await configuration()
      try {
        const response = await oidc.refreshTokenGrant(config, refreshToken)
        // Without an ID token there is nothing new to know of the person (OIDC Core §12.2).
        return response.claims() ? signInOf(response) : 'ended'
      } catch (cause) {
        if (cause instanceof oidc.ResponseBodyError && cause.error === 'invalid_grant')
          return 'ended'
        throw cause instanceof GatewayError ? cause : unavailable(cause)
      }
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

    async loggedOut(logoutToken: string): Promise<LoggedOut> {
      const server = (await configuration()).serverMetadata()
      logoutKeys ??= createRemoteJWKSet(new URL(server.jwks_uri ?? ''), {
        timeoutDuration: providerTimeout * 1000,
      })
      return verifyLogoutToken(logoutToken, {
        keys: logoutKeys,
        issuer: server.issuer,
        clientId: options.clientId,
      })
    },
  }
}

export type RelyingParty = ReturnType<typeof createRelyingParty>
