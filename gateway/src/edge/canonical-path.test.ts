import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalTarget } from './canonical-path.ts'

describe('R4, V3, V15, V40, V50: canonicalTarget', () => {
  it('splits an ordinary target and changes nothing about it', () => {
    expect(canonicalTarget('/dashboard/loss/_dash-layout?a=1&b=[2]')).toEqual({
      path: '/dashboard/loss/_dash-layout',
      query: '?a=1&b=[2]',
    })
  })

  it.each([
    ['dot segments', '/dashboard/a/../b/x'],
    ['encoded dot segments', '/dashboard/a/%2e%2e/b'],
    ['an encoded slash', '/dashboard/a%2f..%2fb/x'],
    ['a half-encoded dot segment', '/a/..%2fb'],
    ['path parameters', '/dashboard/a/..;/b'],
    ['an encoded path parameter', '/dashboard/a/..%3b/b'],
    ['encoded backslashes', '/%5c..%5cb'],
    ['backslashes', '/a\\..\\b'],
    ['NUL', '/dashboard/a%00/b'],
    ['a fragment', '/private#/public'],
    ['an encoded fragment', '/private%23/public'],
    ['double encoding', '/dashboard/%252e%252e/b'],
    ['doubled slashes', '//evil.example/x'],
    ['doubled slashes inside', '/dashboard//a'],
    ['absolute form', 'http://evil.example/dashboard/a'],
    ['authority form', 'evil.example:443'],
    ['asterisk form', '*'],
    ['an encoded underscore, which a list of routes would miss', '/dashboard/loss/%5freload-hash'],
    ['an encoded letter', '/%64ashboard/loss/_mcp'],
    ['an encoded digit', '/dashboard/loss/page%31'],
    ['a broken encoding', '/dashboard/%zz'],
    ['a space in the query', '/a?b c'],
    ['raw bytes above ASCII', '/dashboard/ü'],
  ])('refuses %s', (_, target) => {
    expect(canonicalTarget(target)).toBeUndefined()
  })

  it('keeps encodings that a path needs', () => {
    for (const target of ['/a%20b', '/%C3%A4', '/a%5Bb%5D', '/50%25'.replace('%25', '%26')]) {
      expect(canonicalTarget(target)?.path).toBe(target)
    }
  })

  it('accepts only what a URL parser reads the same way', () => {
    const piece = fc.constantFrom('a', '.', '..', '/', '%2e', '%2F', ';', '\\', '#', '?', '@', ':', '%', '%20', '\t') // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = `/${pieces.join('')}`
        const canonical = canonicalTarget(target)
        if (!canonical) return
        const parsed = new URL(target, 'http://gateway.test')
        expect(parsed.origin).toBe('http://gateway.test')
        expect(canonical.path).toBe(parsed.pathname)
        expect(canonical.query.replace(/^\?$/, '')).toBe(parsed.search)
      }),
      { numRuns: 2000 },
    )
  })
})
