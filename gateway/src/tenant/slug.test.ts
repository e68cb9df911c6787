import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSlug } from './slug.ts'

describe('R4, T1: a slug', () => {
  it.each(['a', 'acme-corp', '0', 'a'.repeat(63), 'a--b'])('may be %s', (text) => {
    expect(isSlug(text)).toBe(true)
  })

  it.each([
    '',
    '-a',
    'a-',
    'A',
    'a_b',
    'a.b',
    'a/b',
    '..',
    'a\n',
    'ä',
    'a\0',
    'a b',
    'a'.repeat(64),
  ])('may not be %j', (text) => expect(isSlug(text)).toBe(false))

  it('means the same in a URL, a path and a header, whatever text it is', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      '0',
      '-',
      '.',
      '/',
      '%',
      '_',
      '\n',
      '\0',
      'A',
      'ä',
      '\u212a',
    )
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 70 }), fc.string()), (text) => {
        if (!isSlug(text)) return
        expect(new URL(`/dashboard/${text}/`, 'http://a').pathname).toBe(`/dashboard/${text}/`)
        expect(encodeURIComponent(text)).toBe(text)
        expect(text.toLowerCase().normalize('NFKC')).toBe(text)
        expect(text.length).toBeLessThan(64)
      }),
      { numRuns: 2000 },
    )
  })
})
