import { describe, expect, it } from 'vitest'
import { assertTokenFits } from './token-checks.ts'

const directory = '775527ff-9a37-4307-8b3d-cc311f58d925'
const b2c = { policy: 'B2C_1_susi', directoryId: undefined }
const entra = { policy: undefined, directoryId: directory }

describe('a token of Azure AD B2C', () => {
  it.each([
    ['tfp', { tfp: 'B2C_1_susi' }],
    ['tfp in the letter case of the address', { tfp: 'b2c_1_SUSI' }],
    ['acr, with older settings', { acr: 'b2c_1_susi' }],
  ])('names its policy in %s', (_, claims) => {
    expect(() => assertTokenFits(claims, b2c)).not.toThrow()
  })

  it.each([
    ['of another policy', { tfp: 'B2C_1_sign_up' }],
    ['of another policy in tfp, ours in acr', { tfp: 'B2C_1_sign_up', acr: 'B2C_1_susi' }],
    ['of no policy', {}],
    ['with a list', { tfp: ['B2C_1_susi'] }],
    ['of a policy whose name only begins like ours', { tfp: 'B2C_1_susi2' }],
  ])('%s is refused', (_, claims) => {
    expect(() => assertTokenFits({ sub: 'u', ...claims }, b2c)).toThrow(
      expect.objectContaining({ reason: 'wrong_policy', sub: 'u' }),
    )
  })
})

describe('a token of Entra', () => {
  it('names our directory', () => {
    expect(() => assertTokenFits({ tid: directory }, entra)).not.toThrow()
  })

  it.each([{}, { tid: directory.replace('7', '8') }, { tid: [directory] }])(
    'with %o is refused',
    (claims) => {
      expect(() => assertTokenFits(claims, entra)).toThrow(
        expect.objectContaining({ reason: 'wrong_directory' }),
      )
    },
  )
})

it('needs neither of a generic provider', () => {
  expect(() => assertTokenFits({}, { policy: undefined, directoryId: undefined })).not.toThrow()
})
