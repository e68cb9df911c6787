import { describe, expect, it } from 'vitest'
import { Refusal, type RefusalOptions, type RefusalReason } from './refusal.ts'

const answerTo = (reason: RefusalReason, options?: RefusalOptions) => {
  const { status, code, headers } = new Refusal(reason, 'Why.', options)
  return [status, code, headers['WWW-Authenticate']]
}

/** RFC 6750, section 3. */
describe('a refusal', () => {
  it('asks for a token without naming an error when there was none', () => {
    expect(answerTo('token_missing')).toEqual([
      401,
      'token_missing',
      'Bearer realm="dashgate-admin"',
    ])
    expect(answerTo('certificate_missing', { asksForToken: true })).toEqual([
      401,
      'certificate_missing',
      'Bearer realm="dashgate-admin"',
    ])
  })

  it('of a token says that it is no good, or not good for this', () => {
    expect(answerTo('token_expired')).toEqual([
      401,
      'token_expired',
      'Bearer realm="dashgate-admin", error="invalid_token", error_description="Why."',
    ])
    expect(answerTo('token_role_missing', { scope: 'dashgate.admin' })).toEqual([
      403,
      'token_role_missing',
      'Bearer realm="dashgate-admin", error="insufficient_scope", error_description="Why.", scope="dashgate.admin"',
    ])
  })

  it('of a certificate asks for nothing that HTTP could send', () => {
    expect(answerTo('certificate_missing')).toEqual([403, 'certificate_missing', undefined])
  })
})
