import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig } from '../config.ts'
import { storageSource } from './storage.ts'

const rest = {
  PUBLIC_URL: 'https://dash.example',
  DATABASE_URL: 'postgres://gateway:secret@db/dashgate',
  MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256)).toString(
    'base64',
  ),
  OIDC_ISSUER: 'https://login.example/tenant',
  OIDC_CLIENT_ID: 'dashgate',
  OIDC_CLIENT_SECRET: 'a-long-enough-secret',
}
const key = Buffer.from('a secret key of an account').toString('base64')
const url = 'https://kyros.blob.core.windows.net'
const connectionString = `DefaultEndpointsProtocol=https;AccountName=kyros;AccountKey=${key}`
const workload = {
  AZURE_CLIENT_ID: '11111111-2222-3333-4444-555555555555',
  AZURE_TENANT_ID: '66666666-7777-8888-9999-000000000000',
  AZURE_FEDERATED_TOKEN_FILE: '/var/run/secrets/azure/tokens/azure-identity-token',
}

const source = (given: Record<string, string>) => storageSource(parseConfig({ ...rest, ...given }))

function faultsOf(given: Record<string, string>): string[] {
  try {
    parseConfig({ ...rest, ...given })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n').slice(1)
  }
  return []
}

describe('the storage', () => {
  it.each([
    [{ BLOB_CONNECTION_STRING: connectionString }, { connectionString }],
    [
      { BLOB_ACCOUNT_URL: `${url}/`, BLOB_ACCOUNT_KEY: key },
      { accountUrl: url, accountKey: key },
    ],
    [
      { BLOB_ACCOUNT_URL: url },
      { accountUrl: url, identity: { clientId: undefined, workload: undefined } },
    ],
    [
      { BLOB_ACCOUNT_URL: url, AZURE_CLIENT_ID: workload.AZURE_CLIENT_ID },
      { accountUrl: url, identity: { clientId: workload.AZURE_CLIENT_ID, workload: undefined } },
    ],
    [
      { BLOB_ACCOUNT_URL: url, ...workload },
      {
        accountUrl: url,
        identity: {
          clientId: workload.AZURE_CLIENT_ID,
          workload: {
            clientId: workload.AZURE_CLIENT_ID,
            tenantId: workload.AZURE_TENANT_ID,
            tokenFile: workload.AZURE_FEDERATED_TOKEN_FILE,
            authorityHost: undefined,
          },
        },
      },
    ],
    [{ DATA_FOLDER: './data', PUBLIC_URL: 'http://localhost:8080' }, { folder: './data' }],
    [{ DATA_FOLDER: '/data', PUBLIC_URL: 'http://127.0.0.1:8080' }, { folder: '/data' }],
  ])('of %o', (given, wanted) => {
    expect(source(given)).toEqual(wanted)
  })

  it.each([
    'UseDevelopmentStorage=true',
    `BlobEndpoint=https://kyros.blob.core.windows.net/;SharedAccessSignature=sv=2025&sig=x`,
    `AccountKey=${key};AccountName=kyros`,
  ])('may be given as %s', (text) => {
    expect(source({ BLOB_CONNECTION_STRING: text })).toEqual({ connectionString: text })
  })

  it.each<[Record<string, string>, RegExp]>([
    [{}, /BLOB_CONNECTION_STRING is missing: set .*BLOB_ACCOUNT_URL or DATA_FOLDER/],
    [
      { BLOB_CONNECTION_STRING: connectionString, BLOB_ACCOUNT_URL: url },
      /BLOB_CONNECTION_STRING and BLOB_ACCOUNT_URL are set/,
    ],
    [{ BLOB_ACCOUNT_KEY: key }, /BLOB_ACCOUNT_URL is missing: BLOB_ACCOUNT_KEY goes with it/],
    [{ BLOB_ACCOUNT_URL: url, BLOB_ACCOUNT_KEY: 'not base64!' }, /BLOB_ACCOUNT_KEY must be/],
    [{ BLOB_ACCOUNT_URL: 'http://kyros.blob.core.windows.net' }, /BLOB_ACCOUNT_URL must be.*https/],
    [{ BLOB_ACCOUNT_URL: `${url}/processed/acme` }, /BLOB_ACCOUNT_URL must be the address of/],
    [{ BLOB_ACCOUNT_URL: `${url}/?sv=2025&sig=x` }, /BLOB_ACCOUNT_URL must be the address of/],
    [{ BLOB_CONNECTION_STRING: url }, /BLOB_CONNECTION_STRING must be a connection string/],
    [{ DATA_FOLDER: '/data' }, /DATA_FOLDER is for development.*PUBLIC_URL on localhost/],
    [
      { DATA_FOLDER: '/data', PUBLIC_URL: 'http://localhost.example:8080' },
      /DATA_FOLDER is for development/,
    ],
    [
      { BLOB_ACCOUNT_URL: url, AZURE_FEDERATED_TOKEN_FILE: '/token' },
      /AZURE_CLIENT_ID is missing: AZURE_FEDERATED_TOKEN_FILE/,
    ],
    [
      { BLOB_ACCOUNT_URL: url, ...workload, AZURE_AUTHORITY_HOST: 'http://login.example' },
      /AZURE_AUTHORITY_HOST must be an https URL/,
    ],
  ])('cannot be told from %o', (given, fault) => {
    const faults = faultsOf(given)
    expect(faults.some((one) => fault.test(one))).toBe(true)
    expect(faults.join()).not.toContain(key)
  })
})
