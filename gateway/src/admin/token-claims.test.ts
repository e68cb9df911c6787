import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientIdOf, hasRole, isBindingMet, isOfClientItself } from './token-claims.ts'

const names = ['client_id', 'azp', 'appid', 'cid']

describe('clientIdOf', () => {
  it.each(names)('finds the client in %s', (name) => {
    expect(clientIdOf({ [name]: 'pipeline' })).toBe('pipeline')
  })

  it('takes several claims that agree, and none that do not', () => {
    expect(clientIdOf({ client_id: 'pipeline', azp: 'pipeline' })).toBe('pipeline')
    expect(clientIdOf({ client_id: 'pipeline', azp: 'other' })).toBeUndefined()
  })

  it.each([undefined, null, '', 7, ['pipeline'], { id: 'pipeline' }])(
    'takes no %j for a client',
    (value) => expect(clientIdOf({ client_id: value })).toBeUndefined(),
  )
})

/** The shapes that providers publish, of a token that a client has got for itself. */
const ofClients: readonly [provider: string, id: string, claims: Record<string, unknown>][] = [
  ['RFC 9068', 'pipeline', { client_id: 'pipeline', sub: 'pipeline' }],
  ['Okta', '0oa1', { cid: '0oa1', sub: '0oa1', scp: ['dashgate.admin'] }],
  ['Auth0', 'abc', { azp: 'abc', sub: 'abc@clients', gty: 'client-credentials' }],
  ['Entra v2', 'guid', { azp: 'guid', sub: 'object', oid: 'object', idtyp: 'app' }],
  ['Entra v1', 'guid', { appid: 'guid', sub: 'object', oid: 'object', idtyp: 'app' }],
]

/** Of a token that was given out for a person, whatever client asked for it. */
const ofPeople: readonly [provider: string, id: string, claims: Record<string, unknown>][] = [
  ['RFC 9068', 'dashgate', { client_id: 'dashgate', sub: 'person' }],
  ['Okta', '0oa1', { cid: '0oa1', sub: 'person@example', uid: '00u1' }],
  ['Auth0', 'abc', { azp: 'abc', sub: 'auth0|1', gty: 'password' }],
  [
    'Auth0, and a subject that lies',
    'abc',
    { azp: 'abc', sub: 'abc@clients', gty: 'refresh_token' },
  ],
  [
    'Auth0, with no subject of a client',
    'abc',
    { azp: 'abc', sub: 'abc', gty: 'client-credentials' },
  ],
  ['Entra v2', 'guid', { azp: 'guid', sub: 'pairwise', oid: 'object', idtyp: 'user' }],
  ['Entra without idtyp', 'guid', { azp: 'guid', sub: 'object', oid: 'object' }],
  ['an ID token', 'dashgate', { azp: 'dashgate', sub: 'dashgate', nonce: 'n' }],
]

describe('isOfClientItself', () => {
  it.each(ofClients)("holds for a client's own token of %s", (_, id, claims) => {
    expect([clientIdOf(claims), isOfClientItself(claims, id)]).toEqual([id, true])
  })

  it.each(ofPeople)("does not hold for a person's token of %s", (_, id, claims) => {
    expect(isOfClientItself(claims, id)).toBe(false)
  })

  it("never holds for a person's token, whatever else its issuer writes into it", () => {
    const other = fc.dictionary(
      fc.constantFrom('scope', 'roles', 'scp', 'email', 'acr', 'amr', 'sid', 'jti', 'tid', 'ver'),
      fc.jsonValue(),
    )
    const sub = fc.oneof(
      fc.constantFrom('dashgate@clients', 'Dashgate', 'dashgate '),
      fc.string({ minLength: 1 }).filter((value) => value !== 'dashgate'),
    )
    const type = fc.constantFrom(undefined, 'user', 'User', 'App', '', 'device')
    const grant = fc.constantFrom(undefined, 'password', 'authorization_code', 'refresh_token')
    fc.assert(
      fc.property(
        other,
        sub,
        type,
        grant,
        fc.constantFrom(...names),
        (rest, sub, idtyp, gty, by) => {
          const claims = { ...rest, sub, idtyp, gty, [by]: 'dashgate' }
          expect(isOfClientItself(claims, 'dashgate')).toBe(false)
        },
      ),
    )
  })

  it.each(['nonce', 'at_hash', 'c_hash', 's_hash', 'auth_time'])(
    'never holds with %s, which comes of a sign-in',
    (claim) => {
      for (const [, id, claims] of ofClients) {
        expect(isOfClientItself({ ...claims, [claim]: 1 }, id)).toBe(false)
      }
    },
  )
})

describe('hasRole', () => {
  it.each([
    { roles: ['reader', 'dashgate.admin'] },
    { roles: 'dashgate.admin' },
    { scope: 'openid dashgate.admin' },
    { scp: 'dashgate.admin' },
    { scp: ['dashgate.admin'] },
  ])('holds for %j', (claims) => expect(hasRole(claims, 'dashgate.admin')).toBe(true))

  it('holds for whole words only, and in no other claim', () => {
    const word = fc.constantFrom(
      'dashgate.admin.',
      'xdashgate.admin',
      'dashgate.',
      'admin',
      'Dashgate.admin',
    )
    const words = fc.array(word)
    const value = fc.oneof(
      words,
      words.map((list) => list.join(' ')),
      // Blanks alone part words (RFC 6749 §3.3).
      fc.constantFrom('openid,dashgate.admin', 'openid\tdashgate.admin', 'openid;dashgate.admin'),
      fc.constantFrom(null, 1, true, { 'dashgate.admin': true }, [['dashgate.admin']]),
    )
    const claim = fc.constantFrom('roles', 'scope', 'scp')
    fc.assert(
      fc.property(claim, value, (name, held) => {
        expect(hasRole({ [name]: held }, 'dashgate.admin')).toBe(false)
      }),
    )
    expect(hasRole({ groups: ['dashgate.admin'], role: 'dashgate.admin' }, 'dashgate.admin')).toBe(
      false,
    )
  })
})

describe('isBindingMet', () => {
  it('holds for a token that is bound to nothing, and for its own certificate', () => {
    expect(isBindingMet({}, undefined)).toBe(true)
    expect(isBindingMet({}, 'thumbprint')).toBe(true)
    expect(isBindingMet({ cnf: { 'x5t#S256': 'thumbprint' } }, 'thumbprint')).toBe(true)
  })

  it.each([
    [{ 'x5t#S256': 'thumbprint' }, undefined],
    [{ 'x5t#S256': 'thumbprint' }, 'other'],
    [{ 'x5t#S256': undefined }, undefined],
    [{ jkt: 'thumbprint' }, 'thumbprint'],
    [{ 'x5t#S256': 'thumbprint', jkt: 'key' }, 'thumbprint'],
    [{}, 'thumbprint'],
    [null, 'thumbprint'],
    ['thumbprint', 'thumbprint'],
  ])('does not hold for %j with the certificate %j', (cnf, thumbprint) => {
    expect(isBindingMet({ cnf }, thumbprint)).toBe(false)
  })
})
