import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { boundedFetch } from '../bounded-fetch.ts'
import { GatewayError } from '../edge/gateway-error.ts'

export interface TokenIssuer {
  readonly issuer: string
  /** Address of the issuer's document (OpenID Connect Discovery 1.0 §4). */
  readonly discoveryUrl: string
  /** Lets it be reached without TLS. */
  readonly allowInsecure: boolean
}

const timeoutMs = 2500
/** After a failure, so long is the provider left alone: a flood of tokens must not reach it. */
const pauseMs = 1000
/** After a fetch, so long does a key that is not there cause no other; a rotation waits no longer. */
const cooldownMs = 5000
/** A key that the provider has taken back is trusted no longer than this. */
const keysLiveMs = 300_000

const metadataShape = z.object({ issuer: z.string(), jwks_uri: z.url() })

const unavailable = (cause: unknown) =>
  new GatewayError(
    503,
    'provider_unavailable',
    'The access token could not be checked: its issuer does not answer, or not as it should. Try again shortly.',
    { cause, headers: { 'Retry-After': '5' } },
  )

/**
 * The keys of the issuer of access tokens. They are found at first need, and a rotation is followed:
 * a token with a key that is not known makes us look again. When that fails, keys that are known go
 * on for their time, so that nobody can end them by sending such tokens.
 *
 * @returns a key getter that throws a `GatewayError` (503) when the keys cannot be had
 */
export function createProviderKeys(options: TokenIssuer): JWTVerifyGetKey {
  let known: { readonly keyFor: JWTVerifyGetKey; readonly fetchedAt: number } | undefined
  let fetching: Promise<void> | undefined
  let failure: { readonly cause: unknown; readonly pausedUntil: number } | undefined

  const age = () => (known ? performance.now() - known.fetchedAt : Infinity)

  async function fetchOnce(): Promise<void> {
    try {
      known = { keyFor: await fetchKeys(options), fetchedAt: performance.now() }
    } catch (cause) {
      failure = { cause, pausedUntil: performance.now() + pauseMs }
      throw unavailable(cause)
    }
  }

  /** All that wait at the same time wait for one answer. */
  async function refresh(): Promise<void> {
    if (failure && performance.now() < failure.pausedUntil) throw unavailable(failure.cause)
    fetching ??= fetchOnce().finally(() => (fetching = undefined))
    await fetching
  }

  async function keyFor(...token: Parameters<JWTVerifyGetKey>) {
    if (!known) throw unavailable(failure?.cause)
    return known.keyFor(...token)
  }

  return async function providerKey(...token) {
    if (age() > keysLiveMs) await refresh()
    try {
      return await keyFor(...token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || age() < cooldownMs) throw error
      await refresh()
      return keyFor(...token)
    }
  }
}

async function fetchKeys({
  issuer,
  discoveryUrl,
  allowInsecure,
}: TokenIssuer): Promise<JWTVerifyGetKey> {
  const metadata = metadataShape.parse(await fetchJson(discoveryUrl))
  if (metadata.issuer !== issuer) {
    throw new Error(`the document is of another issuer: ${metadata.issuer}`)
  }
  const { protocol } = new URL(metadata.jwks_uri)
  if (protocol !== 'https:' && !(allowInsecure && protocol === 'http:')) {
    throw new Error('the keys of the issuer are not served with TLS')
  }
  // What is no key set is refused there.
  return createLocalJWKSet((await fetchJson(metadata.jwks_uri)) as JSONWebKeySet)
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await boundedFetch(url, {
    headers: { accept: 'application/json' },
    // A redirect could lead to a place that is not checked (ASVS V15.3.2).
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`${url} was answered ${response.status}`)
  return response.json()
}
