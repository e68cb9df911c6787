import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { corpusLines } from '../../test-support/corpus.ts'
import { httpServer } from '../../test-support/local-server.ts'
import { verifyLogoutToken } from './logout-token.ts'
import { createRelyingParty } from './relying-party.ts'

const clientId = 'dashgate'
const nonce = 'n'.repeat(20)
const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }

const shape = z.object({
  testGroups: z.array(
    z.object({
      public: z.record(z.string(), z.unknown()).optional(),
      private: z.record(z.string(), z.unknown()).optional(),
      tests: z.array(z.object({ jws: z.unknown(), result: z.string() })),
    }),
  ),
})

/** RFC 7515, appendix A.5: not signed at all; stands for the others where they are not at hand. */
const unsigned =
  'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.'

/** The vectors of Wycheproof, with the keys that they are to be held against. */
function groups(): { key: JWK | undefined; tokens: string[] }[] {
  const text = corpusLines('jws-vectors.json').join('\n')
  const found = text === '' ? [] : shape.parse(JSON.parse(text)).testGroups
  return [
    { key: undefined, tokens: [unsigned] },
    ...found.map(({ public: open, private: secret, tests }) => ({
      key: (open ?? secret) as JWK | undefined,
      tokens: tests.map(({ jws }) => (typeof jws === 'string' ? jws : JSON.stringify(jws))),
    })),
  ]
}

let ours: { privateKey: CryptoKey; publicKey: CryptoKey }
let jwk: JWK
beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true })
  jwk = { ...(await exportJWK(ours.publicKey)), kid: 'ours', use: 'sig', alg: 'RS256' }
})

const signed = (claims: JWTPayload, typ?: string, key = ours.privateKey) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'ours', ...(typ === undefined ? {} : { typ }) })
    .sign(key)

/** A provider that gives what it is told to as an ID token. */
async function provider() {
  const given = { idToken: '', keys: [] as JWK[] }
  const server = await httpServer((request, response) => {
    const origin = `http://${request.headers.host}`
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': {
        issuer: origin,
        jwks_uri: `${origin}/jwks`,
        token_endpoint: `${origin}/token`,
        authorization_endpoint: `${origin}/auth`,
      },
      '/jwks': { keys: given.keys },
      '/token': { access_token: 'a', token_type: 'Bearer', id_token: given.idToken },
    }
    response.setHeader('Content-Type', 'application/json')
    request.resume().on('end', () => response.end(JSON.stringify(answers[request.url ?? ''] ?? {})))
  })
  const relyingParty = () =>
    createRelyingParty({
      issuer: server.url,
      discoveryUrl: `${server.url}/.well-known/openid-configuration`,
      clientId,
      clientSecret: 'a-long-enough-secret',
      clientAuthentication: 'client_secret_post',
      allowInsecureIssuer: true,
      scopes: 'openid',
      repeatsScopes: false,
      otherAccountPrompt: 'login',
      policy: undefined,
      directoryId: undefined,
      passwordResetPolicy: undefined,
      claimNames: { tenantId: 'tenant_id', role: 'role', email: 'email', tenants: 'tenants' },
      publicUrl: 'http://localhost:8080',
      now: Date.now,
    })
  return { server, given, relyingParty, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const seconds = () => Math.floor(Date.now() / 1000)
const checks = { state: 's', nonce, codeVerifier: 'v'.repeat(43) }

describe('L1, R7, V11: a token that others have made', () => {
  it('signs nobody in, with our key or with the one that it is to be held against', async () => {
    await using one = await provider()
    const { server, given } = one
    const claims = {
      iss: server.url,
      aud: clientId,
      sub: 'u1',
      nonce,
      iat: seconds(),
      exp: seconds() + 600,
      tenant_id: 'acme-corp',
      role: 'viewer',
      email: 'viewer@acme.test',
    }
    const idToken = await signed(claims)
    Object.assign(given, { idToken, keys: [jwk] })
    const good = await one.relyingParty().redeem('?code=c&state=s', checks)
    expect(good.principal.sub).toBe('u1')
    const { privateKey: theirs } = await generateKeyPair('RS256')
    given.idToken = await signed(claims, undefined, theirs)
    await expect(one.relyingParty().redeem('?code=c&state=s', checks)).rejects.toThrow()

    const taken: string[] = []
    for (const { key, tokens } of groups()) {
      given.keys = key === undefined ? [jwk] : [key, jwk]
      const relyingParty = one.relyingParty()
      for (const token of tokens) {
        given.idToken = token
        await relyingParty.redeem('?code=c&state=s', checks).then(
          () => taken.push(token),
          () => {},
        )
      }
    }
    expect(taken).toEqual([])
  }, 60_000)

  it('signs nobody out, with our key or with the one that it is to be held against', async () => {
    const issuer = 'https://login.example'
    const logout = { iss: issuer, aud: clientId, jti: 'first', iat: seconds(), exp: seconds() + 60, sid: 's', events } // prettier-ignore
    const options = { issuer, clientId }
    const good = verifyLogoutToken(await signed(logout, 'logout+jwt'), {
      ...options,
      keys: createLocalJWKSet({ keys: [jwk] }),
    })
    await expect(good).resolves.toBeDefined()
    const taken: string[] = []
    for (const { key, tokens } of groups()) {
      const keys = createLocalJWKSet({ keys: key === undefined ? [jwk] : [key, jwk] })
      for (const token of tokens) {
        await verifyLogoutToken(token, { ...options, keys }).then(
          () => taken.push(token),
          () => {},
        )
      }
    }
    expect(taken).toEqual([])
  })
})

describe('X4: a provider that signs with another key, a moment after its keys were read', () => {
  it('is believed at the sign-in after the one that found the key missing, and its old key no more', async () => {
    await using one = await provider()
    const { server, given } = one
    const person = { tenant_id: 'acme-corp', role: 'viewer', email: 'viewer@acme.test' }
    const times = { iat: seconds(), exp: seconds() + 600 }
    const claims = { iss: server.url, aud: clientId, sub: 'u1', nonce, ...times, ...person }
    const relyingParty = one.relyingParty()
    const redeem = () =>
      relyingParty.redeem('?code=c&state=s', checks).then(
        ({ principal }) => principal.sub,
        () => 'refused',
      )
    const old = await signed(claims)
    Object.assign(given, { idToken: old, keys: [jwk] })
    expect(await redeem()).toBe('u1')

    const next = await generateKeyPair('RS256', { extractable: true })
    given.keys = [{ ...(await exportJWK(next.publicKey)), kid: 'next', use: 'sig', alg: 'RS256' }]
    given.idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'next' })
      .sign(next.privateKey)
    expect([await redeem(), await redeem()]).toEqual(['refused', 'u1'])
    given.idToken = old
    expect(await redeem()).toBe('refused')
  })
})
