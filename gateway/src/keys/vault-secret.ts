import type { TokenCredential } from '@azure/identity'
import type { SecretClientOptions } from '@azure/keyvault-secrets'

/** A secret of a vault, and one version of it where the URL names one. */
export interface SecretAddress {
  readonly vaultUrl: string
  readonly name: string
  readonly version: string | undefined
}

export interface VaultOptions {
  /** As whom the process signs in. */
  readonly credential: TokenCredential
  readonly client?: SecretClientOptions
  readonly timeoutMs?: number
}

/** The gateway waits for it before it starts, so a vault that is gone must not hold it for minutes. */
const patienceMs = 15_000

/** `https://<vault>.vault.azure.net/secrets/<name>[/<version>]` (Key Vault REST, Get Secret). */
export function secretAddress(url: string): SecretAddress | undefined {
  const { protocol, origin, pathname, search, hash, username } = URL.parse(url) ?? {}
  const path = /^\/secrets\/([0-9A-Za-z-]{1,127})(?:\/([0-9A-Za-z]{1,64}))?\/?$/.exec(
    pathname ?? '',
  )
  if (protocol !== 'https:' || !origin || !path?.[1] || search || hash || username) return undefined
  return { vaultUrl: origin, name: path[1], version: path[2] }
}

/**
 * Reads a secret of Azure Key Vault, once.
 *
 * @throws when no credential is accepted, or the vault says no or nothing
 */
export async function readVaultSecret(
  { vaultUrl, name, version }: SecretAddress,
  { credential, client, timeoutMs = patienceMs }: VaultOptions,
): Promise<string> {
  // Loaded here, since most gateways do without it.
  const { SecretClient } = await import('@azure/keyvault-secrets')
  const secrets = new SecretClient(vaultUrl, credential, {
    retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
    ...client,
  })
  const ending = AbortSignal.timeout(timeoutMs)
  const { value } = await orAborted(
    secrets.getSecret(name, { ...(version ? { version } : {}), abortSignal: ending }),
    ending,
  )
  if (!value) throw new Error('The secret has no value')
  return value
}

/** A credential may look in places that know of no abort signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(new Error('No answer in time')), { once: true })
  return Promise.race([work, aborted])
}
