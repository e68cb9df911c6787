import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LANGUAGES, preferredLanguage } from './language.ts'

describe('preferredLanguage', () => {
  it.each([
    ['de', 'de'],
    ['de-AT, en;q=0.5', 'de'],
    ['en-GB;q=0.7, DE-ch ; q=0.8', 'de'],
    ['fr, de;q=0.4, en;q=0.4', 'de'],
    ['fr-CH, *;q=0.5', 'en'],
    ['de;q=0, en;q=0.1', 'en'],
    ['de;q=zero', 'en'],
    ['', 'en'],
    [undefined, 'en'],
  ])('of %s is %s', (header, language) => {
    expect(preferredLanguage(header)).toBe(language)
  })

  it('is one that there are words for, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(LANGUAGES).toContain(preferredLanguage(header))
      }),
    )
  })
})
