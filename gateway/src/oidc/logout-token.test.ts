import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type JWK,
  type JWTPayload,
} from 'jose'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { corpusLines } from '../../test-support/corpus.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { verifyLogoutToken, type LogoutTokenChecks } from './logout-token.ts'

const issuer = 'https://login.example'
const clientId = 'dashgate'
const eventName = 'http://schemas.openid.net/event/backchannel-logout'
const events = { [eventName]: {} }
type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
let privateKey: PrivateKey
let otherKey: PrivateKey
let publicPem: string
let checks: LogoutTokenChecks

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  privateKey = pair.privateKey
  otherKey = (await generateKeyPair('RS256')).privateKey
  const jwk = await exportJWK(pair.publicKey)
  publicPem = JSON.stringify(jwk)
  checks = { keys: createLocalJWKSet({ keys: [{ ...jwk, alg: 'RS256' }] }), issuer, clientId }
})

const payload = (changes: Record<string, unknown> = {}): JWTPayload => ({
  iss: issuer,
  aud: clientId,
  jti: randomUUID(),
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 60,
  sid: 'op-session',
  sub: 'u1',
  events,
  ...changes,
})
const signed = (claims: JWTPayload, key = privateKey, header: object = { typ: 'logout+jwt' }) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key)
const now = () => Math.floor(Date.now() / 1000)

describe('L1: verifyLogoutToken', () => {
  it('ends the session that the token names', async () => {
    const { whose } = await verifyLogoutToken(await signed(payload()), checks)
    expect(whose).toEqual({ issuer, sid: 'op-session' })
  })

  it('L2: ends all sessions of a subject when no session is named', async () => {
    const { sid: _, ...claims } = payload()
    const { whose } = await verifyLogoutToken(await signed(claims), checks)
    expect(whose).toEqual({ issuer, sub: 'u1' })
  })

  it('names a token the same at every replica, until its age alone has it refused', async () => {
    const claims = payload()
    const [one, other] = [await signed(claims), await signed({ ...claims, sid: 'another' })]
    const first = await verifyLogoutToken(one, checks)
    expect(first.idHash).toHaveLength(43)
    expect((await verifyLogoutToken(other, checks)).idHash).toBe(first.idHash)
    expect((await verifyLogoutToken(await signed(payload()), checks)).idHash).not.toBe(first.idHash)
    expect(first.forgetAfter).toBeGreaterThan((claims.iat ?? 0) * 1000 + 150_000)
  })

  it.each([{}, { typ: 'JWT' }, { typ: 'logout+jwt' }, { typ: 'application/logout+jwt' }])(
    'takes one whose header says %j of its type',
    async (header) => {
      const token = await signed(payload(), privateKey, header)
      await expect(verifyLogoutToken(token, checks)).resolves.toMatchObject({ whose: { issuer } })
    },
  )

  it('takes one for several audiences, and one whose clock is a little off', async () => {
    const claims = payload({ aud: ['other', clientId], iat: now() + 20, exp: now() - 20 })
    await expect(verifyLogoutToken(await signed(claims), checks)).resolves.toBeDefined()
  })

  it.each<[string, () => Promise<string>]>([
    ['another key', () => signed(payload(), otherKey)],
    ['no signature', () => Promise.resolve(new UnsecuredJWT(payload()).encode())],
    [
      'the public key taken for a shared secret',
      () =>
        new SignJWT(payload())
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode(publicPem)),
    ],
    ['another issuer', () => signed(payload({ iss: 'https://evil.example' }))],
    ['another audience', () => signed(payload({ aud: 'someone-else' }))],
    ['no issuer', () => signed(payload({ iss: undefined }))],
    ['no audience', () => signed(payload({ aud: undefined }))],
    ['an old date', () => signed(payload({ iat: now() - 3600 }))],
    ['a date to come', () => signed(payload({ iat: now() + 3600, exp: now() + 7200 }))],
    ['no date', () => signed(payload({ iat: undefined }))],
    ['an end that is past', () => signed(payload({ exp: now() - 60 }))],
    ['no end', () => signed(payload({ exp: undefined }))],
    ['the type of an access token', () => signed(payload(), privateKey, { typ: 'at+jwt' })],
    ['events as a list', () => signed(payload({ events: Object.keys(events) }))],
    ['an event that says nothing', () => signed(payload({ events: { [eventName]: true } }))],
    ['an empty id', () => signed(payload({ jti: '' }))],
    ['a session that cannot be read', () => signed(payload({ sid: 7 }))],
    ['an empty session', () => signed(payload({ sid: '' }))],
    ['no events', () => signed(payload({ events: undefined }))],
    ['another event', () => signed(payload({ events: { 'http://example/other': {} } }))],
    ['a nonce, as an ID token has one', () => signed(payload({ nonce: 'n' }))],
    ['no jti', () => signed(payload({ jti: undefined }))],
    ['neither session nor subject', () => signed(payload({ sid: undefined, sub: undefined }))],
    ['garbage', () => Promise.resolve('a.b.c')],
  ])('refuses a token with %s', async (_, token) => {
    await expect(verifyLogoutToken(await token(), checks)).rejects.toThrow(GatewayError)
  })

  it.each([['ES256'], ['HS256'], ['none'], []])(
    'refuses another algorithm than those of the ID tokens, here %s',
    async (...algorithms) => {
      const token = await signed(payload())
      await expect(verifyLogoutToken(token, { ...checks, algorithms })).rejects.toThrow(
        GatewayError,
      )
    },
  )

  it('refuses every other text with 400, never with a fault of its own', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        await expect(verifyLogoutToken(parts.join('.'), checks)).rejects.toMatchObject({
          status: 400,
          code: 'invalid_logout_token',
        })
      }),
    )
  })

  it('refuses the vectors of Wycheproof, whatever their keys say', async () => {
    const text = corpusLines('jws-vectors.json').join('\n')
    if (text === '') return
    for (const { keys, tokens } of vectorsOf(text)) {
      for (const token of tokens) {
        await expect(verifyLogoutToken(token, { ...checks, keys })).rejects.toMatchObject({
          status: 400,
        })
      }
    }
  })
})

const vectorFile = z.object({
  testGroups: z.array(
    z.object({
      public: z.record(z.string(), z.unknown()).optional(),
      private: z.record(z.string(), z.unknown()).optional(),
      tests: z.array(z.object({ jws: z.unknown() })),
    }),
  ),
})

/** The vectors with the keys that they are to be held against, public or shared. */
const vectorsOf = (text: string) =>
  vectorFile.parse(JSON.parse(text)).testGroups.map((group) => ({
    keys: createLocalJWKSet({
      keys: [(group.public ?? group.private ?? {}) as JWK & { kty: string }],
    }),
    tokens: group.tests.map(({ jws }) => (typeof jws === 'string' ? jws : JSON.stringify(jws))),
  }))
