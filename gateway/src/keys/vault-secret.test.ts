import type { TokenCredential } from '@azure/identity'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startIdentityEndpoint } from '../../test-support/identity-endpoint.ts'
import { startKeyVault } from '../../test-support/key-vault.ts'
import { createAzureCredential } from '../data/azure-credential.ts'
import { readVaultSecret, secretAddress } from './vault-secret.ts'

/* The vault is a fake of its REST API: the real one cannot run here. The client is the real one. */
let vault: Awaited<ReturnType<typeof startKeyVault>>
const asked: unknown[] = []
const credential: TokenCredential = {
  getToken: (scopes, options) => {
    asked.push([scopes, options?.tenantId])
    return Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 })
  },
}

beforeAll(async () => {
  vault = await startKeyVault()
  vault.secrets.set('master-key', 'the secret').set('master-key/0123abcd', 'the one before')
})

beforeEach(() => {
  vault.mode = 'answers'
  vault.shown.length = 0
  asked.length = 0
})

afterAll(() => vault.stop())

function read(secret: string, options: { credential?: TokenCredential; timeoutMs?: number } = {}) {
  const address = secretAddress(vault.urlOf(secret))
  if (!address) throw new Error('no address')
  return readVaultSecret(address, { credential, client: vault.client, ...options })
}

describe('a secret of a vault', () => {
  it('is read with a token for what the challenge names, shown after the challenge only', async () => {
    expect(await read('master-key')).toBe('the secret')
    expect(vault.shown).toEqual([undefined, 'Bearer a-token'])
    expect(asked).toEqual([
      [['https://vault.azure.net/.default'], '66666666-7777-8888-9999-000000000000'],
    ])
  })

  it('is read in the version that is named', async () => {
    expect(await read('master-key/0123abcd')).toBe('the one before')
  })

  it('is read as the managed identity of the machine', async () => {
    const endpoint = await startIdentityEndpoint()
    endpoint.audience = 'https://vault.azure.net'
    vi.stubEnv('IDENTITY_ENDPOINT', `${endpoint.url}/msi/token`)
    vi.stubEnv('IDENTITY_HEADER', 'secret of the machine')
    const identity = { clientId: 'e9a5f8a6-1c43-4b16-9d3f-0a2d1f0f7c11', workload: undefined }
    try {
      expect(await read('master-key', { credential: createAzureCredential(identity) })).toBe(
        'the secret',
      )
      expect(endpoint.asked[0]?.parameters).toMatchObject({
        resource: 'https://vault.azure.net',
        client_id: identity.clientId,
      })
    } finally {
      vi.unstubAllEnvs()
      await endpoint.close()
    }
  })

  it.each<[typeof vault.mode, RegExp]>([
    ['forbids', /No right to read/],
    ['challenges as another', /does not match the requested domain/],
    ['falls silent', /No answer in time|aborted/],
  ])('is an error when the vault %s', async (mode, message) => {
    vault.mode = mode
    await expect(read('master-key', { timeoutMs: 1500 })).rejects.toThrow(message)
    expect(vault.shown.filter((shown) => shown !== undefined)).toHaveLength(
      mode === 'forbids' ? 1 : 0,
    )
  })

  it('is an error when there is none of that name', async () => {
    await expect(read('other')).rejects.toThrow(/no such secret/)
  })

  it('is an error when a credential answers never', async () => {
    const silent: TokenCredential = { getToken: () => new Promise(() => {}) }
    await expect(read('master-key', { credential: silent, timeoutMs: 300 })).rejects.toThrow(
      'No answer in time',
    )
  })
})

describe('the URL of a secret', () => {
  it('names vault, secret, and perhaps a version', () => {
    const vaultUrl = 'https://v.vault.azure.net'
    expect(secretAddress(`${vaultUrl}/secrets/master-key`)).toEqual({
      vaultUrl,
      name: 'master-key',
      version: undefined,
    })
    expect(secretAddress(`${vaultUrl}/secrets/master-key/0a1b2c`)?.version).toBe('0a1b2c')
  })

  it.each([
    'http://v.vault.azure.net/secrets/a',
    'https://v.vault.azure.net/keys/a',
    'https://v.vault.azure.net/secrets/',
    'https://v.vault.azure.net/secrets/a/b/c',
    'https://v.vault.azure.net/secrets/../a',
    'https://v.vault.azure.net/secrets/a?x=1',
    'https://user@v.vault.azure.net/secrets/a',
    'v.vault.azure.net/secrets/a',
    '',
  ])('is not %j', (url) => {
    expect(secretAddress(url)).toBeUndefined()
  })
})
