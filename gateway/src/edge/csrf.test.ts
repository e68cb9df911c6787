import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOwnRequest, type RequestSource } from './csrf.ts'

const own = 'https://dash.example'
const source = (changes: Partial<RequestSource>): RequestSource => ({
  method: 'POST',
  isUpgrade: false,
  secFetchSite: undefined,
  origin: undefined,
  hasToken: false,
  ...changes,
})

describe('B5, V24, V33, V39: isOwnRequest', () => {
  it('lets reading requests pass from anywhere', () => {
    expect(isOwnRequest(source({ method: 'GET', secFetchSite: 'cross-site' }), own)).toBe(true)
  })

  it.each(['cross-site', 'same-site', 'none', ''])(
    'refuses a POST with Sec-Fetch-Site: %s',
    (site) => {
      expect(isOwnRequest(source({ secFetchSite: site }), own)).toBe(false)
    },
  )

  it('accepts what our own page sends', () => {
    expect(isOwnRequest(source({ secFetchSite: 'same-origin', origin: own }), own)).toBe(true)
    expect(isOwnRequest(source({ origin: own }), own)).toBe(true)
  })

  // <form action="https://dash.example/logout" method="post" enctype="text/plain"> on evil.example
  it.each([
    'null',
    'https://evil.example',
    'https://dash.example.evil.example',
    'http://dash.example',
    'https://dash.example:444',
  ])('refuses the foreign origin %s even when the browser claims same-origin', (origin) => {
    expect(isOwnRequest(source({ origin }), own)).toBe(false)
    expect(isOwnRequest(source({ origin, secFetchSite: 'same-origin' }), own)).toBe(false)
  })

  it('refuses a POST of which nothing is known, unless it shows the token', () => {
    expect(isOwnRequest(source({}), own)).toBe(false)
    expect(isOwnRequest(source({ hasToken: true }), own)).toBe(true)
    expect(isOwnRequest(source({ hasToken: true, origin: 'https://evil.example' }), own)).toBe(
      false,
    )
    expect(isOwnRequest(source({ hasToken: true, secFetchSite: 'cross-site' }), own)).toBe(false)
  })

  it('holds a handshake to its Origin, though it is a GET', () => {
    const handshake = source({ method: 'GET', isUpgrade: true })
    expect(isOwnRequest(handshake, own)).toBe(false)
    expect(isOwnRequest({ ...handshake, origin: 'https://evil.example' }, own)).toBe(false)
    expect(isOwnRequest({ ...handshake, origin: own }, own)).toBe(true)
  })

  it('never lets a foreign origin change anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'post', 'X'),
        fc.option(fc.constantFrom('same-origin', 'same-site', 'cross-site', 'none'), {
          nil: undefined,
        }),
        fc.boolean(),
        fc.webUrl().filter((url) => new URL(url).origin !== own),
        (method, secFetchSite, hasToken, url) => {
          const origin = new URL(url).origin
          expect(isOwnRequest(source({ method, secFetchSite, hasToken, origin }), own)).toBe(false)
        },
      ),
    )
  })
})
