import { createHmac } from 'node:crypto'
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, type CryptoKey } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { corpusLines } from '../../test-support/corpus.ts'
import { createTenantTokens, type TenantTokenClaims } from './tenant-token.ts'

const issuer = 'http://localhost:8080'
const claims: TenantTokenClaims = {
  sub: 'u1',
  tenantId: 'acme-corp',
  role: 'viewer',
  email: 'viewer@acme.test',
  dashboard: 'loss-development',
  sid: 'hash-of-a-session-id',
}

let ours: { privateKey: CryptoKey; publicKey: CryptoKey }
let theirs: typeof ours
let ringKeys: Map<string, CryptoKey>

beforeAll(async () => {
  const options = { crv: 'Ed25519', extractable: true }
  ours = await generateKeyPair('EdDSA', options)
  theirs = await generateKeyPair('EdDSA', options)
  ringKeys = new Map([['k1', ours.publicKey]])
})

afterEach(() => {
  vi.useRealTimers()
})

const keyRings = () => ({
  signingKey: () => ({ kid: 'k1', privateKey: ours.privateKey }),
  publicKey: async (kid: string) => ringKeys.get(kid),
})
const tokens = () => createTenantTokens(keyRings(), { issuer })

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (token: string, part: 0 | 1): unknown =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())

/** A token as ours, but for what is said here. */
function forged(
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = ours.privateKey,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: issuer,
    aud: 'dashgate-internal',
    sub: 'u1',
    tenant_id: 'acme-corp',
    role: 'viewer',
    email: 'viewer@acme.test',
    dashboard: 'loss-development',
    sid: 's',
    jti: 'j',
    iat: now,
    exp: now + 600,
    ...changes,
  }
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1', ...header })
    .sign(key)
}

describe('a tenant token', () => {
  it('says again what was signed', async () => {
    const { token } = await tokens().sign(claims)
    expect(await tokens().verify(token)).toEqual(claims)
  })

  it('has the claims that an app expects, and no more', async () => {
    const { token, expiresAt } = await tokens().sign(claims)
    expect(decode(token, 0)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' })
    expect(decode(token, 1)).toEqual({
      iss: issuer,
      aud: 'dashgate-internal',
      sub: 'u1',
      tenant_id: 'acme-corp',
      role: 'viewer',
      email: 'viewer@acme.test',
      dashboard: 'loss-development',
      sid: 'hash-of-a-session-id',
      jti: expect.any(String),
      iat: expiresAt - 600,
      exp: expiresAt,
    })
  })

  it('ends', async () => {
    const { token, expiresAt } = await tokens().sign(claims)
    vi.useFakeTimers({ now: (expiresAt + 10) * 1000, toFake: ['Date'] })
    expect(await tokens().verify(token)).toBeUndefined()
  })

  it('never lives longer than a quarter of an hour', async () => {
    for (const lifetimeSeconds of [0, -1, 901, Number.NaN]) {
      expect(() => createTenantTokens(keyRings(), { issuer, lifetimeSeconds })).toThrow(RangeError)
    }
    const now = Math.floor(Date.now() / 1000)
    const old = await forged({ iat: now - 1000, exp: now + 3600 })
    expect(await tokens().verify(old)).toBeUndefined()
  })
})

describe('V11: a forged token is refused', () => {
  it('unless nothing was forged', async () => {
    expect(await tokens().verify(await forged())).toMatchObject({ tenantId: 'acme-corp' })
  })

  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'http://elsewhere' }],
    ['for another audience', { aud: 'account' }],
    ['without an audience', { aud: undefined }],
    ['that has expired', { exp: 1 }],
    ['without an end', { exp: undefined }],
    ['without a beginning', { iat: undefined }],
    ['from the future', { iat: 9_999_999_999, exp: 9_999_999_999 }],
    ['not valid yet', { nbf: 9_999_999_999 }],
    ['without an id', { jti: undefined }],
    ['without a tenant', { tenant_id: undefined }],
    ['with an empty tenant', { tenant_id: '' }],
    ['with a list as tenant', { tenant_id: ['acme-corp', 'globex'] }],
    ['without a subject', { sub: undefined }],
    ['without a session', { sid: undefined }],
    ['with a role that does not exist', { role: 'owner' }],
  ])('%s', async (_, changes) => {
    expect(await tokens().verify(await forged(changes))).toBeUndefined()
  })

  it.each<[string, Record<string, unknown>]>([
    ['of another type', { typ: 'at+jwt' }],
    ['of a key that we do not have', { kid: 'k2' }],
    ['without the name of a key', { kid: undefined }],
    ['with a critical extension', { crit: ['x'], x: 1 }],
  ])('%s', async (_, header) => {
    const token = await forged({}, header).catch(() => 'could not even be made')
    expect(await tokens().verify(token)).toBeUndefined()
  })

  it('signed by somebody else, also when it brings the key along', async () => {
    const jwk = await exportJWK(theirs.publicKey)
    expect(await tokens().verify(await forged({}, {}, theirs.privateKey))).toBeUndefined()
    expect(await tokens().verify(await forged({}, { jwk }, theirs.privateKey))).toBeUndefined()
  })

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('with the algorithm %j', async (alg) => {
    const [, payload] = (await forged()).split('.')
    const header = encode({ alg, typ: 'JWT', kid: 'k1' })
    expect(await tokens().verify(`${header}.${payload}.`)).toBeUndefined()
    expect(await tokens().verify(`${header}.${payload}`)).toBeUndefined()
  })

  it('with HS256 and our public key as the secret (RFC 8725 §2.1)', async () => {
    const { x = '' } = await exportJWK(ours.publicKey)
    const [, payload] = (await forged()).split('.')
    const signed = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'k1' })}.${payload}`
    for (const secret of [await exportSPKI(ours.publicKey), x, Buffer.from(x, 'base64url')]) {
      const signature = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await tokens().verify(`${signed}.${signature}`)).toBeUndefined()
    }
  })

  it('with another algorithm and a key of its own', async () => {
    for (const alg of ['RS256', 'PS256', 'ES256']) {
      const { privateKey } = await generateKeyPair(alg)
      expect(await tokens().verify(await forged({}, { alg }, privateKey))).toBeUndefined()
    }
  })

  it('with anything changed in it', async () => {
    const token = await forged()
    for (let index = 0; index < token.length - 1; index += 7) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      expect(await tokens().verify(changed)).toBeUndefined()
    }
    expect(await tokens().verify(token.slice(0, -2))).toBeUndefined()
    expect(await tokens().verify(`${token}A`)).toBeUndefined()
  })

  it.each(['', '.', '..', '...', 'a.b.c', '{"payload":"e30"}', ' ', 'null'])(
    'that is %j',
    async (token) => {
      expect(await tokens().verify(token)).toBeUndefined()
    },
  )
})

describe('keys that cannot be read', () => {
  it('are an error of ours, not of the token', async () => {
    const verifier = createTenantTokens(
      { ...keyRings(), publicKey: () => Promise.reject(new Error('no database')) },
      { issuer },
    )
    await expect(verifier.verify(await forged())).rejects.toThrow('no database')
  })
})

/** RFC 7515, appendices A.1 and A.5: valid under the keys that stand beside them. */
const examples = [
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.',
]

/** The vectors of Wycheproof, where they are at hand. */
function wycheproof(): string[] {
  const text = corpusLines('jws-vectors.json').join('\n')
  if (text === '') return []
  const tests = z.object({ tests: z.array(z.object({ jws: z.unknown() })) })
  return z
    .object({ testGroups: z.array(tests) })
    .parse(JSON.parse(text))
    .testGroups.flatMap((group) => group.tests)
    .map(({ jws }) => (typeof jws === 'string' ? jws : JSON.stringify(jws)))
}

describe('L1, V11: a token that others have made', () => {
  it('is refused, also under the name of a key that we do have', async () => {
    const verifier = tokens()
    const accepted: string[] = []
    for (const token of [...examples, ...wycheproof()]) {
      for (const form of [token, renamed(token)]) {
        if (await verifier.verify(form)) accepted.push(form)
      }
    }
    expect(accepted).toEqual([])
  })
})

function renamed(token: string): string {
  const [header = '', ...rest] = token.split('.')
  try {
    const fields: unknown = JSON.parse(Buffer.from(header, 'base64url').toString())
    return [encode({ ...z.object({}).loose().parse(fields), kid: 'k1' }), ...rest].join('.')
  } catch {
    return token
  }
}
