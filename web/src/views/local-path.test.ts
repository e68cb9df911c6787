import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { localPath, withReturnTo } from './local-path.ts'

const HERE = 'https://dashgate.example'

it('keeps a path of this site as it is', () => {
  for (const path of ['/', '/dashboard/loss-development/?lob=auto#chart', '/tenant?x=//y']) {
    expect(localPath(path)).toBe(path)
  }
})

it('refuses what a browser would read as another site', () => {
  const outside = [
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    undefined,
  ]
  for (const path of outside) expect(localPath(path)).toBe('/')
})

it('never leads off this site', () => {
  const piece = fc.constantFrom(
    '/',
    '\\',
    '\t',
    '\n',
    '\0',
    'evil.example',
    ':',
    '@',
    '.',
    '..',
    '?',
  )
  const path = fc
    .array(fc.oneof(piece, fc.string()), { maxLength: 8 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(path, (given) => {
      expect(new URL(localPath(given), HERE).origin).toBe(HERE)
      const link = new URL(withReturnTo('/login', given), HERE)
      expect(link.pathname).toBe('/login')
      expect([...link.searchParams.keys()]).toEqual(['return_to'])
    }),
    { numRuns: 500 },
  )
})
