import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { corpusLines } from '../../test-support/corpus.ts'
import { safeReturnTo } from './return-to.ts'

const own = 'https://dash.example'
const hostile = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/%09/evil.example',
  '/%5cevil.example',
  '/%2f%2fevil.example',
  'https://evil.example/',
  'https://dash.example.evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  '/..//evil.example',
  '/\u2028/evil.example',
  '@evil.example',
  '',
  ...corpusLines('open-redirects.txt'),
]

describe('O2, V8, V11, V26: safeReturnTo', () => {
  it('keeps a deep link with its query and fragment', () => {
    expect(safeReturnTo('/dashboard/loss/page?lob=a&x=%5B1%5D#top', own)).toBe(
      '/dashboard/loss/page?lob=a&x=%5B1%5D#top',
    )
  })

  it('goes home without one', () => {
    expect(safeReturnTo(undefined, own)).toBe('/')
  })

  it.each(['/login', '/login?return_to=/', '/logout', '/auth/callback?code=x'])(
    'does not go round in circles: %s',
    (path) => {
      expect(safeReturnTo(path, own)).toBe('/')
    },
  )

  it('refuses every hostile target, plain and decoded', () => {
    for (const target of hostile) {
      for (const form of [target, safeDecode(target)]) {
        const result = safeReturnTo(form, own)
        expect(new URL(result, own).origin, form).toBe(own)
        if (form.includes('evil') || form.includes('google'))
          expect(result, form).not.toMatch(/^\/[\\/%]/)
      }
    }
  })

  it('leads nowhere but to a path of ours that the gateway would take', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5c',
      '@',
      ':',
      'evil.example',
      '\t',
      '\n',
      '#',
      '?',
      'a',
      '\u00a0',
      'https:',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const result = safeReturnTo(pieces.join(''), own)
        const url = new URL(result, own)
        expect(url.origin).toBe(own)
        expect(result.startsWith('/')).toBe(true)
        expect(result.startsWith('//')).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })
})

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
