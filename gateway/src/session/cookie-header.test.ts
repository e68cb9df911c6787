import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cookieNames, cookieValues, hostCookie } from './cookie-header.ts'

const name = '__Host-Http-session'

describe('V37: cookieValues', () => {
  it('finds the value among others', () => {
    expect(cookieValues(`a=1; ${name}=x=y; b=2`, name)).toEqual(['x=y'])
  })

  it('shows every duplicate, so that a tossed cookie is seen', () => {
    expect(cookieValues(`${name}=1;${name}=2`, name)).toEqual(['1', '2'])
  })

  it.each(['\u00a0', '\ufeff', '\u2028', 'x', '"', '%5f'])(
    'does not take %j in front for part of the gap',
    (odd) => {
      expect(cookieValues(`${odd}${name}=evil`, name)).toEqual([])
    },
  )

  it('is exact about letter case', () => {
    expect(cookieValues('__host-http-session=evil', name)).toEqual([])
  })

  it('survives every header', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(Array.isArray(cookieValues(header, name))).toBe(true)
      }),
    )
  })
})

describe('cookieNames', () => {
  it('lists each name with the prefix once', () => {
    expect(cookieNames('p-1=a; p-2=b; p-1=c; q=d', 'p-')).toEqual(['p-1', 'p-2'])
    expect(cookieNames(undefined, 'p-')).toEqual([])
  })
})

describe('hostCookie', () => {
  it('carries what its prefix promises', () => {
    expect(hostCookie(name, 'v', 'Strict', 60.7)).toBe(
      '__Host-Http-session=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict',
    )
  })
})
