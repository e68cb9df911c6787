import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { admin, discoveryUrlOf } from './admin.ts'

const schema = z.object(admin.shape)
const elsewhere = { OIDC_ISSUER: 'https://login.example/', INSECURE_HTTP_ISSUER: false }

const parsed = (given: Record<string, string>, others: object = {}) => ({
  ...schema.parse(given),
  ...elsewhere,
  ...others,
})
const faults = (given: Record<string, string>, others?: object) =>
  admin.check?.(parsed(given, others)) ?? []

const files = { ADMIN_CERT_FILE: 'cert.pem', ADMIN_KEY_FILE: 'key.pem' }
const certificates = { ADMIN_CA_FILE: 'ca.pem', ADMIN_CLIENT_SUBJECTS: 'pipeline' }
const tokens = { ADMIN_TOKEN_AUDIENCE: 'dashgate-admin' }

describe('the settings of the admin API', () => {
  it('leave it closed when there are none', () => {
    expect(faults({})).toEqual([])
    expect(faults({ ADMIN_AUTH: 'both' })).toEqual([])
  })

  it.each([
    ['certificate', { ...files, ...certificates }],
    ['token', { ...files, ...tokens }],
    ['either', { ...files, ...certificates, ...tokens }],
    ['both', { ...files, ...certificates, ...tokens }],
  ])('for ADMIN_AUTH=%s must all be there, and each that is not is named', (auth, needed) => {
    expect(faults({ ADMIN_AUTH: auth, ...needed })).toEqual([])
    for (const missing of Object.keys(needed)) {
      const { [missing]: _, ...rest } = { ADMIN_AUTH: auth, ...needed } as Record<string, string>
      expect(faults(rest)).toEqual([
        `${missing} is missing: the admin listener needs it with ADMIN_AUTH=${auth}`,
      ])
    }
  })

  it('open it for certificates only, where nothing else is said', () => {
    const { ADMIN_AUTH, ADMIN_TOKEN_ROLE, ADMIN_REQUESTS_PER_MINUTE } = schema.parse({})
    expect([ADMIN_AUTH, ADMIN_TOKEN_ROLE, ADMIN_REQUESTS_PER_MINUTE]).toEqual([
      'certificate',
      'dashgate.admin',
      600,
    ])
    expect(faults({ ADMIN_CA_FILE: 'ca.pem' })).toHaveLength(3)
  })

  it.each(['', 'no', 'certificate,token', 'Both'])('know no ADMIN_AUTH=%s', (auth) => {
    expect(schema.safeParse({ ADMIN_AUTH: auth }).success).toBe(false)
  })

  it.each(['two words', 'quo"ted', 'back\\slash', 'ümlaut'])('know no role %s', (role) => {
    expect(schema.safeParse({ ADMIN_TOKEN_ROLE: role }).success).toBe(false)
  })

  it('want the issuer of tokens with TLS, unless it is a demo', () => {
    for (const name of ['ADMIN_TOKEN_ISSUER', 'ADMIN_TOKEN_DISCOVERY_URL']) {
      const insecure = { [name]: 'http://login.example' }
      expect(faults(insecure)).toEqual([expect.stringContaining(`${name} must use https`)])
      expect(faults(insecure, { INSECURE_HTTP_ISSUER: true })).toEqual([])
    }
  })
})

describe('the document of the issuer of tokens', () => {
  const known = '.well-known/openid-configuration'
  const policy = { OIDC_DISCOVERY_URL: `https://login.example/policy/${known}` }
  it.each([
    ['lies below the issuer', {}, {}, `https://login.example/${known}`],
    ['is the one of the sign-in', {}, policy, policy.OIDC_DISCOVERY_URL],
    [
      'is that of another issuer',
      { ADMIN_TOKEN_ISSUER: 'https://a.example/b' },
      policy,
      `https://a.example/b/${known}`,
    ],
    [
      'may be anywhere',
      { ADMIN_TOKEN_DISCOVERY_URL: 'https://c.example/d' },
      policy,
      'https://c.example/d',
    ],
  ])('%s', (_, given, others, url) => {
    expect(discoveryUrlOf(parsed(given, others))).toBe(url)
  })
})
