import { createHmac } from 'node:crypto'
import {
  CompactSign,
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type CryptoKey,
  type JWTVerifyGetKey,
} from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { corpusLines } from '../../test-support/corpus.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { verifyAccessToken, type AccessTokenChecks } from './access-token.ts'
import { Refusal } from './refusal.ts'

const issuer = 'https://login.example'
let ours: { privateKey: CryptoKey; publicKey: CryptoKey }
let theirs: typeof ours
let keys: JWTVerifyGetKey

beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true })
  theirs = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(ours.publicKey)
  keys = createLocalJWKSet({ keys: [{ ...jwk, kid: 'k1', use: 'sig' }] })
})

afterEach(() => {
  vi.useRealTimers()
})

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const seconds = () => Math.floor(Date.now() / 1000)

/** A token as the provider gives it to the pipeline, but for what is said here. */
function forged(
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = ours.privateKey,
): Promise<string> {
  const payload = {
    iss: issuer,
    aud: 'dashgate-admin',
    sub: 'pipeline',
    client_id: 'pipeline',
    scope: 'dashgate.admin',
    jti: 'j',
    iat: seconds(),
    exp: seconds() + 600,
    ...changes,
  }
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header })
    .sign(key)
}

/** The client, or the reason of the refusal and what is known of the caller. */
async function outcome(
  token: string,
  changes: Partial<AccessTokenChecks> = {},
  thumbprint?: string,
): Promise<string> {
  const checks = {
    keys,
    issuer,
    audience: 'dashgate-admin',
    role: 'dashgate.admin',
    clients: [],
    ...changes,
  }
  try {
    return (await verifyAccessToken(token, thumbprint, checks)).id
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { client = 'unknown', subject = 'unknown' } = error.known
    if (token.length > 20) expect(JSON.stringify([error.message, error.known])).not.toContain(token)
    return `${error.reason} ${client} ${subject}`
  }
}

const nobody = 'token_invalid unknown unknown'

describe('an access token', () => {
  it('names the client that it was given to', async () => {
    expect(await outcome(await forged())).toBe('pipeline')
  })

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'jwt'])(
    'may be of type %s',
    async (typ) => {
      expect(await outcome(await forged({}, { typ }))).toBe('pipeline')
    },
  )

  it('may be for several audiences, ours among them', async () => {
    expect(await outcome(await forged({ aud: ['other', 'dashgate-admin'] }))).toBe('pipeline')
  })

  it('ends, with little patience for clocks', async () => {
    const token = await forged()
    vi.useFakeTimers({ now: Date.now() + 620_000, toFake: ['Date'] })
    expect(await outcome(token)).toBe('pipeline')
    vi.setSystemTime(Date.now() + 11_000)
    expect(await outcome(token)).toBe('token_expired pipeline pipeline')
  })

  it('is of a client on the list, where there is a list', async () => {
    expect(await outcome(await forged(), { clients: ['other', 'pipeline'] })).toBe('pipeline')
    expect(await outcome(await forged(), { clients: ['other'] })).toBe(
      'token_client_not_listed pipeline pipeline',
    )
  })

  it('M1: that is bound to a certificate comes with it', async () => {
    const bound = await forged({ cnf: { 'x5t#S256': 'thumbprint' } })
    expect(await outcome(bound, {}, 'thumbprint')).toBe('pipeline')
    for (const thumbprint of [undefined, 'other']) {
      expect(await outcome(bound, {}, thumbprint)).toBe('token_wrong_certificate pipeline pipeline')
    }
  })

  it('is neither good nor bad while nobody can say so', async () => {
    const unavailable = new GatewayError(503, 'provider_unavailable', 'no answer')
    const answer = outcome(await forged(), { keys: () => Promise.reject(unavailable) })
    await expect(answer).rejects.toBe(unavailable)
  })
})

describe('an access token is refused', () => {
  const person = { sub: 'person', client_id: 'dashgate' }
  it.each<[string, Record<string, unknown>, string]>([
    ['of another issuer', { iss: 'https://elsewhere' }, 'token_wrong_issuer pipeline pipeline'],
    [
      'of an issuer that begins as ours',
      { iss: `${issuer}/` },
      'token_wrong_issuer pipeline pipeline',
    ],
    ['for another audience', { aud: 'account' }, 'token_wrong_audience pipeline pipeline'],
    ['for no audience', { aud: undefined }, 'token_wrong_audience pipeline pipeline'],
    [
      'for a list that is none',
      { aud: [['dashgate-admin']] },
      'token_wrong_audience pipeline pipeline',
    ],
    ['that has expired', { exp: 1 }, 'token_expired pipeline pipeline'],
    ['of a user, for us and with the role', person, 'token_not_a_client dashgate person'],
    [
      'with a nonce, as an ID token has one',
      { nonce: 'n' },
      'token_not_a_client pipeline pipeline',
    ],
    ['of no client', { client_id: undefined }, 'token_not_a_client unknown pipeline'],
    ['of two clients', { azp: 'other' }, 'token_not_a_client unknown pipeline'],
    ['without the role', { scope: 'openid' }, 'token_role_missing pipeline pipeline'],
    ['without any role', { scope: undefined }, 'token_role_missing pipeline pipeline'],
    ['that never ends', { exp: undefined }, nobody],
    ['that ends in words', { exp: 'never' }, nobody],
    ['that has no beginning', { iat: undefined }, nobody],
    ['of nobody', { sub: undefined }, nobody],
    ['not valid yet', { nbf: 9_999_999_999 }, nobody],
    ['from the future', { iat: 9_999_999_999 }, 'token_invalid pipeline pipeline'],
  ])('%s', async (_, changes, answer) => {
    expect(await outcome(await forged(changes))).toBe(answer)
  })

  it.each(['logout+jwt', 'id+jwt', 'secevent+jwt', 'dpop+jwt', '', undefined])(
    'that says it is %j',
    async (typ) => {
      expect(await outcome(await forged({}, { typ }))).toBe('token_invalid pipeline pipeline')
    },
  )

  it.each<[string, Record<string, unknown>]>([
    ['of a key that the issuer does not have', { kid: 'k2' }],
    ['with a critical extension', { crit: ['x'], x: 1 }],
  ])('%s', async (_, header) => {
    expect(await outcome(await forged({}, header).catch(() => 'could not even be made'))).toBe(
      nobody,
    )
  })

  it('signed by somebody else, also when it brings the key along', async () => {
    const jwk = await exportJWK(theirs.publicKey)
    for (const header of [{}, { jwk }, { jku: 'https://elsewhere/keys' }]) {
      expect(await outcome(await forged({}, header, theirs.privateKey))).toBe(nobody)
    }
  })

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('with the algorithm %j', async (alg) => {
    const [, payload] = (await forged()).split('.')
    const header = encode({ alg, typ: 'at+jwt', kid: 'k1' })
    expect(await outcome(`${header}.${payload}.`)).toBe(nobody)
    expect(await outcome(`${header}.${payload}`)).toBe(nobody)
  })

  it("with HS256 and the issuer's public key as the secret (RFC 8725 §2.1)", async () => {
    const [, payload] = (await forged()).split('.')
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${payload}`
    const jwk = await exportJWK(ours.publicKey)
    for (const secret of [await exportSPKI(ours.publicKey), JSON.stringify(jwk), jwk.n ?? '']) {
      const signature = createHmac('sha256', secret).update(signed).digest('base64url')
      expect(await outcome(`${signed}.${signature}`)).toBe(nobody)
    }
  })

  it('with another algorithm and a key of its own', async () => {
    for (const alg of ['PS256', 'ES256', 'EdDSA']) {
      const { privateKey } = await generateKeyPair(alg)
      expect(await outcome(await forged({}, { alg }, privateKey))).toBe(nobody)
    }
  })

  it('with anything changed in it', async () => {
    const token = await forged()
    for (let index = 0; index < token.length - 1; index += 13) {
      const other = token[index] === 'A' ? 'B' : 'A'
      expect(await outcome(token.slice(0, index) + other + token.slice(index + 1))).toBe(nobody)
    }
    expect(await outcome(token.slice(0, -2))).toBe(nobody)
    expect(await outcome(`${token}A`)).toBe(nobody)
  })

  it.each(['', '.', '..', '...', 'a.b.c', '{"payload":"e30"}', ' ', 'null'])(
    'that is %j',
    async (token) => expect(await outcome(token)).toBe(nobody),
  )
})

/** RFC 7515, appendices A.1 and A.5: valid under the keys that stand beside them. */
const examples = [
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.',
]

const vectorShape = z.object({
  testGroups: z.array(
    z.object({
      public: z.record(z.string(), z.unknown()).optional(),
      private: z.record(z.string(), z.unknown()).optional(),
      tests: z.array(z.object({ jws: z.unknown(), result: z.string(), tcId: z.number() })),
    }),
  ),
})

/** The vectors of Wycheproof, where they are at hand, with the keys that they are to be held against. */
function vectorGroups() {
  const text = corpusLines('jws-vectors.json').join('\n')
  return text === '' ? [] : vectorShape.parse(JSON.parse(text)).testGroups
}

const compact = (jws: unknown) => (typeof jws === 'string' ? jws : JSON.stringify(jws))

describe('L1, V11: a token that others have made', () => {
  it('is refused, also under the name of a key that the issuer does have', async () => {
    const vectors = vectorGroups().flatMap(({ tests }) => tests.map(({ jws }) => compact(jws)))
    for (const token of [...examples, ...vectors]) {
      for (const form of [token, renamed(token)]) {
        expect(await outcome(form)).toMatch(/^token_invalid /)
      }
    }
  })

  it('is refused with the key it is to be held against as well, where it is no good or no claims', async () => {
    for (const { public: publicKey, private: secret, tests } of vectorGroups()) {
      const jwk = { ...(publicKey ?? secret), kid: 'k1' } as { kty: string; kid: string }
      const theirKeys = createLocalJWKSet({ keys: [jwk] })
      for (const { jws } of tests) {
        for (const form of [compact(jws), renamed(compact(jws))]) {
          expect(await outcome(form, { keys: theirKeys })).toMatch(/^token_/)
        }
      }
    }
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
