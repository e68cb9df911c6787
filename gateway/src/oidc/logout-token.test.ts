import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type JWTPayload,
} from 'jose'
import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { GatewayError } from '../edge/gateway-error.ts'
import { verifyLogoutToken, type LogoutTokenChecks } from './logout-token.ts'

const issuer = 'https://login.example'
const clientId = 'dashgate'
const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
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
const signed = (claims: JWTPayload, key = privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'logout+jwt' }).sign(key)

describe('verifyLogoutToken', () => {
  it('ends the session that the token names', async () => {
    expect(await verifyLogoutToken(await signed(payload()), checks)).toEqual({
      issuer,
      sid: 'op-session',
    })
  })

  it('ends all sessions of a subject when no session is named', async () => {
    const { sid: _, ...claims } = payload()
    expect(await verifyLogoutToken(await signed(claims), checks)).toEqual({ issuer, sub: 'u1' })
  })

  it('takes each token once', async () => {
    const token = await signed(payload())
    await verifyLogoutToken(token, checks)
    await expect(verifyLogoutToken(token, checks)).rejects.toThrow(/used before/)
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
    ['an old date', () => signed(payload({ iat: Math.floor(Date.now() / 1000) - 3600 }))],
    ['no events', () => signed(payload({ events: undefined }))],
    ['another event', () => signed(payload({ events: { 'http://example/other': {} } }))],
    ['a nonce, as an ID token has one', () => signed(payload({ nonce: 'n' }))],
    ['no jti', () => signed(payload({ jti: undefined }))],
    ['neither session nor subject', () => signed(payload({ sid: undefined, sub: undefined }))],
    ['garbage', () => Promise.resolve('a.b.c')],
  ])('refuses a token with %s', async (_, token) => {
    await expect(verifyLogoutToken(await token(), checks)).rejects.toThrow(GatewayError)
  })
})
