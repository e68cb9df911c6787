import { AuthorizationResponseError, ClientError } from 'openid-client'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../edge/gateway-error.ts'
import { faultOfSignIn, wordsOf } from './refusals.ts'

const sentBack = (error: string, error_description = '') =>
  new AuthorizationResponseError('the provider sent an error', {
    cause: new URLSearchParams({ error, error_description }),
  })

/** As Azure AD B2C writes its descriptions. */
const ofB2c = (words: string) =>
  `${words}\r\nCorrelation ID: 3ed683a1-d742-4f59-beb8-86bc22bb7196\r\nTimestamp: 2026-01-30 12:15:15Z\r\n`

describe('a sign-in that came back without a code', () => {
  it.each([
    [
      'access_denied',
      ofB2c('AADB2C90118: The user has forgotten their password.'),
      'password_forgotten',
    ],
    [
      'access_denied',
      ofB2c('AADB2C90091: The user has cancelled entering self-asserted information.'),
      'sign_in_cancelled',
    ],
    // Cancelled at a provider behind B2C.
    [
      'server_error',
      ofB2c("AADB2C90273: An invalid response was received : ''"),
      'sign_in_cancelled',
    ],
    ['access_denied', 'the user canceled the authentication', 'sign_in_cancelled'],
    ['temporarily_unavailable', '', 'provider_unavailable'],
    ['server_error', ofB2c('AADB2C90037: An error occurred.'), 'provider_unavailable'],
    [
      'invalid_request',
      ofB2c("AADB2C90117: The scope 'email' is not supported."),
      'sign_in_failed',
    ],
    // A code of B2C counts as the first word only.
    ['invalid_request', 'no AADB2C90118', 'sign_in_failed'],
  ])('because of %s, %j is %s', (error, description, code) => {
    expect(faultOfSignIn(sentBack(error, description)).code).toBe(code)
  })
})

describe('faultOfSignIn', () => {
  it('tells a check that failed from a provider that did not answer', () => {
    expect(faultOfSignIn(new ClientError('unexpected JWT claim value')).code).toBe('sign_in_failed')
    expect(faultOfSignIn(new TypeError('fetch failed')).code).toBe('provider_unavailable')
  })

  it('leaves our own refusals as they are', () => {
    const own = new GatewayError(418, 'teapot', 'No.')
    expect(faultOfSignIn(own)).toBe(own)
  })
})

describe('wordsOf', () => {
  it('has the words of the provider, cut short', () => {
    const words = wordsOf(sentBack('invalid_scope', 'x'.repeat(5000)))
    expect(words).toEqual({
      providerError: 'invalid_scope',
      providerDescription: 'x'.repeat(300),
    })
  })

  it('has the check that failed, and nothing of what was checked', () => {
    const inner = new Error('unexpected JWT "iss"', { cause: { claims: { email: 'a@b' } } })
    const words = wordsOf(new ClientError('unexpected JWT claim value', { cause: inner }))
    expect(words).toEqual({ fault: 'unexpected JWT "iss"' })
  })
})
