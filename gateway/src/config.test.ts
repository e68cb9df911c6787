import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig } from './config.ts'
import { providerSettings } from './config/provider.ts'

const masterKey = Buffer.from(
  Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256),
).toString('base64')
const complete = {
  PUBLIC_URL: 'https://dash.example',
  DATABASE_URL: 'postgres://gateway:secret@db/dashgate',
  MASTER_KEY: masterKey,
  OIDC_ISSUER: 'https://login.example/tenant',
  OIDC_CLIENT_ID: 'dashgate',
  OIDC_CLIENT_SECRET: 'a-long-enough-secret',
  BLOB_CONNECTION_STRING: 'UseDevelopmentStorage=true',
}

const faults = (changes: Record<string, string | undefined>) => {
  try {
    parseConfig({ ...complete, ...changes })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'none'
}

describe('parseConfig', () => {
  it('fills in the defaults of the contract', () => {
    const config = parseConfig(complete)
    expect(config.PUBLIC_LISTEN).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(config.OPS_LISTEN).toEqual({ host: '127.0.0.1', port: 9464 })
    expect(providerSettings(config)).toMatchObject({
      discoveryUrl: 'https://login.example/tenant/.well-known/openid-configuration',
      scopes: 'openid email offline_access',
      claimNames: { tenantId: 'tenant_id', role: 'role', email: 'email', tenants: 'tenants' },
    })
  })

  it('reports every fault at once, by name', () => {
    const message = faults({ PUBLIC_URL: 'ftp://x', DATABASE_URL: undefined, OPS_LISTEN: 'nine' })
    expect(message).toMatch(/PUBLIC_URL/)
    expect(message).toMatch(/DATABASE_URL is missing/)
    expect(message).toMatch(/OPS_LISTEN must be host:port/)
  })

  it('reports at a first start what is missing of every kind, alternatives included', () => {
    expect(() => parseConfig({})).toThrow(/DATABASE_URL is missing[^]*MASTER_KEY[^]*BLOB_/)
  })

  it('refuses a master key that is short, or long enough but not random', () => {
    expect(faults({ MASTER_KEY: Buffer.from('short').toString('base64') })).toMatch(/32 bytes/)
    expect(faults({ MASTER_KEY: Buffer.alloc(32, 7).toString('base64') })).toMatch(/not random/)
  })

  it('wants exactly one master key, and names the ways to give one', () => {
    const file = { MASTER_KEY_FILE: '/run/secrets/master-key' }
    const vault = { MASTER_KEY_VAULT_SECRET: 'https://v.vault.azure.net/secrets/master-key' }
    expect(faults({ MASTER_KEY: undefined })).toMatch(
      /MASTER_KEY is missing: set MASTER_KEY, MASTER_KEY_FILE or MASTER_KEY_VAULT_SECRET, exactly one/,
    )
    expect(faults({ ...file, ...vault })).toMatch(
      /MASTER_KEY and MASTER_KEY_FILE and MASTER_KEY_VAULT_SECRET are set: exactly one/,
    )
    for (const one of [{ MASTER_KEY: masterKey }, file, vault]) {
      expect(faults({ MASTER_KEY: undefined, ...one })).toBe('none')
    }
  })

  it('takes the master key before, one at most, only beside one of now', () => {
    const previous = { MASTER_KEY_PREVIOUS_FILE: '/run/secrets/old' }
    expect(faults(previous)).toBe('none')
    expect(faults({ ...previous, MASTER_KEY_PREVIOUS: masterKey })).toMatch(
      /MASTER_KEY_PREVIOUS and MASTER_KEY_PREVIOUS_FILE are set/,
    )
    expect(faults({ ...previous, MASTER_KEY: undefined })).toMatch(/MASTER_KEY is missing/)
    expect(faults({ MASTER_KEY_PREVIOUS_VAULT_SECRET: 'http://v/secrets/a' })).toMatch(
      /MASTER_KEY_PREVIOUS_VAULT_SECRET must be https/,
    )
  })

  it('refuses a provider without TLS unless that is asked for by name', () => {
    expect(faults({ OIDC_ISSUER: 'http://localhost:8090' })).toMatch(/https/)
    expect(faults({ OIDC_ISSUER: 'http://localhost:8090', INSECURE_HTTP_ISSUER: 'true' })).toBe(
      'none',
    )
  })

  it('wants both files of a certificate, and an origin that fits', () => {
    const files = { PUBLIC_CERT_FILE: '/tls.crt', PUBLIC_KEY_FILE: '/tls.key' }
    expect(faults(files)).toBe('none')
    expect(faults({ PUBLIC_CERT_FILE: '/tls.crt' })).toMatch(/PUBLIC_KEY_FILE is missing/)
    expect(faults({ PUBLIC_KEY_FILE: '/tls.key' })).toMatch(/PUBLIC_CERT_FILE is missing/)
    expect(faults({ ...files, PUBLIC_URL: 'http://dash.example' })).toMatch(
      /PUBLIC_URL must use https/,
    )
  })

  it('refuses a database whose certificate would not be checked', () => {
    const weak = `${complete.DATABASE_URL}?sslmode=require`
    expect(faults({ DATABASE_URL: weak })).toMatch(/DATABASE_URL has an sslmode that trusts any/)
    expect(faults({ DATABASE_LISTEN_URL: weak })).toMatch(/DATABASE_LISTEN_URL has an sslmode/)
    expect(faults({ DATABASE_URL: `${complete.DATABASE_URL}?sslmode=verify-full` })).toBe('none')
  })

  it('never repeats a value, which may be a secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), (value) => {
        expect(faults({ MASTER_KEY: value })).not.toContain(value)
      }),
    )
  })
})
