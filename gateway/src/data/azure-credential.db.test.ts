import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  accountUrlFor,
  emulatorKey,
  startAzurite,
  type Azurite,
} from '../../test-support/azurite.ts'
import { createAuthority, type Identity } from '../../test-support/certificates.ts'
import { eventually } from '../../test-support/eventually.ts'
import {
  startIdentityEndpoint,
  type IdentityEndpoint,
} from '../../test-support/identity-endpoint.ts'
import { createAzureCredential } from './azure-credential.ts'
import { createAzureStorage } from './azure-storage.ts'
import type { FileStorage } from './file-storage.ts'
import { openStorage } from './storage.ts'

/*
 * The storage is Azurite, which takes access tokens over TLS. Who gives them out is a stand-in, since
 * the real ones exist in Azure only.
 */
const trusted = getCACertificates('default')
const unavailable = { status: 503, code: 'storage_unavailable' }
let folder: string
let certificate: Identity
let azurite: Azurite
let accountUrl: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-identity-'))
  const authority = await createAuthority('Test of identities')
  certificate = await authority.issue('localhost')
  setDefaultCACertificates([...trusted, authority.ca.toString()])
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(certFile, certificate.cert)
  await writeFile(keyFile, certificate.key)
  azurite = await startAzurite({ certFile, keyFile })
  accountUrl = accountUrlFor(azurite.port)
  const key = new StorageSharedKeyCredential('devstoreaccount1', emulatorKey)
  const container = new BlobServiceClient(accountUrl, key).getContainerClient('processed')
  await container.create()
  await container.getBlockBlobClient('acme-corp/triangles.parquet').uploadData(Buffer.from('hello'))
})

afterAll(async () => {
  await azurite?.stop()
  setDefaultCACertificates(trusted)
  await rm(folder, { recursive: true, force: true })
})

async function contentOf(storage: FileStorage): Promise<string> {
  const file = await storage.head('acme-corp/triangles.parquet')
  if (!file) throw new Error('not there')
  const { signal } = new AbortController()
  const options = { start: 0, length: file.size, etag: file.etag, signal }
  let text = ''
  for await (const chunk of await storage.open(file.path, options)) text += Buffer.from(chunk)
  return text
}

it('is read with the key of the account', async () => {
  const storage = await openStorage({ accountUrl, accountKey: emulatorKey })
  expect(await contentOf(storage)).toBe('hello')
  const wrong = await openStorage({ accountUrl, accountKey: Buffer.alloc(64).toString('base64') })
  await expect(wrong.list('acme-corp/')).rejects.toMatchObject(unavailable)
})

describe('a managed identity', () => {
  // The library keeps the endpoint and the tokens for the whole process: one endpoint for all tests,
  // and for each an identity of its own.
  let endpoint: IdentityEndpoint
  let clientId: string
  const identity = () => ({ clientId, workload: undefined })

  beforeAll(async () => {
    endpoint = await startIdentityEndpoint()
    vi.stubEnv('IDENTITY_ENDPOINT', `${endpoint.url}/msi/token`)
    vi.stubEnv('IDENTITY_HEADER', 'secret-of-the-machine')
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await endpoint?.close()
  })
  beforeEach(() => {
    clientId = randomUUID()
    endpoint.reset()
  })

  it('reads with one token for many requests', async () => {
    const storage = await openStorage({ accountUrl, identity: identity() })
    expect(await contentOf(storage)).toBe('hello')
    expect(await contentOf(storage)).toBe('hello')
    expect(endpoint.asked).toHaveLength(1)
    expect(endpoint.asked[0]).toMatchObject({
      headers: { 'x-identity-header': 'secret-of-the-machine' },
      parameters: { resource: 'https://storage.azure.com', client_id: clientId },
    })
  })

  it('may be the one that the machine itself has', async () => {
    const storage = await openStorage({
      accountUrl,
      identity: { clientId: undefined, workload: undefined },
    })
    expect(await contentOf(storage)).toBe('hello')
    expect(endpoint.asked[0]?.parameters).not.toHaveProperty('client_id')
  })

  it('gets a new token before the old one ends, while requests go on', async () => {
    endpoint.lifetimeSeconds = 90
    const storage = await openStorage({ accountUrl, identity: identity() })
    expect(await contentOf(storage)).toBe('hello')
    await eventually(() => expect(endpoint.asked).toHaveLength(2))
    endpoint.mode = 'refuses'
    expect(await contentOf(storage)).toBe('hello')
  })

  it('is refused with a token for something else', async () => {
    endpoint.audience = 'https://vault.azure.net'
    const storage = await openStorage({ accountUrl, identity: identity() })
    await expect(contentOf(storage)).rejects.toMatchObject(unavailable)
  })

  it.each(['refuses', 'falls silent'] as const)(
    'leaves the storage unavailable while its endpoint %s, and no longer',
    async (mode) => {
      const credential = createAzureCredential(identity(), 200)
      const storage = createAzureStorage({ accountUrl, credential })
      endpoint.mode = mode
      await expect(storage.list('acme-corp/')).rejects.toMatchObject(unavailable)
      endpoint.mode = 'gives'
      // With so little patience a busy machine may need more than one attempt.
      await eventually(async () => expect(await contentOf(storage)).toBe('hello'))
    },
  )

  it('makes nobody wait longer than for the storage itself', async () => {
    const credential = createAzureCredential(identity(), 600_000)
    const storage = createAzureStorage({ accountUrl, credential }, { answerMs: 300 })
    endpoint.mode = 'falls silent'
    await expect(storage.list('acme-corp/')).rejects.toMatchObject({
      ...unavailable,
      cause: { message: 'No answer within 300 ms' },
    })
  })
})

describe('a workload on Kubernetes', () => {
  it('reads with the token that it gets for that of its service account', async () => {
    const endpoint = await startIdentityEndpoint(certificate)
    const tokenFile = join(folder, 'service-account-token')
    await writeFile(tokenFile, 'token-of-the-service-account')
    const clientId = randomUUID()
    const workload = { clientId, tenantId: randomUUID(), tokenFile, authorityHost: endpoint.url }
    const storage = await openStorage({ accountUrl, identity: { clientId, workload } })

    expect(await contentOf(storage)).toBe('hello')
    expect(await contentOf(storage)).toBe('hello')
    expect(endpoint.asked.map(({ parameters }) => parameters)).toEqual([
      expect.objectContaining({
        client_id: clientId,
        client_assertion: 'token-of-the-service-account',
        grant_type: 'client_credentials',
        scope: expect.stringContaining('https://storage.azure.com/.default'),
      }),
    ])
    await endpoint.close()
  })
})
