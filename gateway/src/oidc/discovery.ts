import * as oidc from 'openid-client'
import { GatewayError } from '../edge/gateway-error.ts'
import { boundedFetch } from '../bounded-fetch.ts'
import { providerUnavailable } from './refusals.ts'

export interface DiscoveryOptions {
  readonly issuer: string
  readonly discoveryUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post'
  readonly allowInsecureIssuer: boolean
}

/** Seconds; the library's own limit of 30 is longer than a person waits for an error page. */
export const providerTimeout = 2

/** After a failed discovery, so long is the next one put off: a flood must not hammer the provider. */
const discoveryPauseMs = 500

const misconfigured = (cause: Error) =>
  new GatewayError(
    503,
    'provider_misconfigured',
    'Sign-in is not set up as it should be. Whoever runs this site has to mend it.',
    { cause },
  )

/**
 * The document must name our issuer letter by letter (OpenID Connect Discovery §4.3). openid-client
 * lets Azure AD B2C name any issuer, and lets Entra name a template that every directory fits, so
 * that each of them could sign people in; it is given the full address, with which it leaves the
 * comparison to us.
 *
 * @see https://github.com/panva/openid-client/issues/893
 */
function assertIssuer(found: string, { issuer, discoveryUrl }: DiscoveryOptions): void {
  // An origin may be written with or without its slash.
  if (new URL(found).href === new URL(issuer).href) return
  throw misconfigured(
    new Error(
      `The document at ${discoveryUrl} names the issuer ${found}, OIDC_ISSUER is ${issuer}`,
    ),
  )
}

async function discover(
  options: DiscoveryOptions,
  fetch: typeof boundedFetch,
): Promise<oidc.Configuration> {
  const { clientId, clientSecret, clientAuthentication, discoveryUrl } = options
  const configuration = await oidc.discovery(
    new URL(discoveryUrl),
    clientId,
    undefined,
    clientAuthentication === 'client_secret_post'
      ? oidc.ClientSecretPost(clientSecret)
      : oidc.ClientSecretBasic(clientSecret),
    {
      timeout: providerTimeout,
      [oidc.customFetch]: fetch as oidc.CustomFetch,
      execute: [
        // Without it the signature of an ID token from the token endpoint goes unchecked.
        oidc.enableNonRepudiationChecks,
        ...(options.allowInsecureIssuer ? [oidc.allowInsecureRequests] : []),
      ],
    },
  )
  assertIssuer(configuration.serverMetadata().issuer, options)
  return configuration
}

/** Where the provider is found. */
export interface Discovery {
  /** @throws {GatewayError} 503 */
  (): Promise<oidc.Configuration>
  /**
   * To be told of what went wrong with an answer of the provider. Where a key is missing, everything is
   * asked for anew: for a minute after it has got the keys, the library looks for no others.
   */
  failed(cause: unknown): void
}

/** Finds the provider at first need, and again after a failure. */
export function createDiscovery(options: DiscoveryOptions, fetch = boundedFetch): Discovery {
  let found: Promise<oidc.Configuration> | undefined
  function configuration(): Promise<oidc.Configuration> {
    found ??= discover(options, fetch).catch((cause: unknown) => {
      setTimeout(() => (found = undefined), discoveryPauseMs).unref()
      throw cause instanceof GatewayError ? cause : providerUnavailable(cause)
    })
    return found
  }
  function failed(cause: unknown): void {
    if (cause instanceof oidc.ClientError && cause.code === keyMissing) found = undefined
  }
  return Object.assign(configuration, { failed })
}

/** What openid-client says when no key of the provider is the one that a token names. */
const keyMissing = 'OAUTH_KEY_SELECTION_FAILED'
