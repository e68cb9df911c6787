import { describe, expect, it } from 'vitest'
import { underPolicy } from './b2c-policy.ts'

const authorize = (rest: string) => new URL(`https://c.b2clogin.com/c.onmicrosoft.com/${rest}`)

describe('underPolicy', () => {
  it('changes the policy in the path, whatever its letter case, and nothing else', () => {
    const url = authorize('b2c_1_susi/oauth2/v2.0/authorize?state=b2c_1_susi')
    expect(underPolicy(url, 'B2C_1_susi', 'B2C_1_reset').href).toBe(
      'https://c.b2clogin.com/c.onmicrosoft.com/B2C_1_reset/oauth2/v2.0/authorize?state=b2c_1_susi',
    )
  })

  it('changes the policy in the parameter', () => {
    const url = authorize('oauth2/v2.0/authorize?p=b2c_1_susi&state=x')
    expect(underPolicy(url, 'B2C_1_susi', 'B2C_1_reset').href).toBe(
      'https://c.b2clogin.com/c.onmicrosoft.com/oauth2/v2.0/authorize?p=B2C_1_reset&state=x',
    )
  })

  it('does not send anybody to the sign-in that they came from', () => {
    const url = authorize('b2c_1_other/oauth2/v2.0/authorize')
    expect(() => underPolicy(url, 'B2C_1_susi', 'B2C_1_reset')).toThrow('names no B2C_1_susi')
  })
})
