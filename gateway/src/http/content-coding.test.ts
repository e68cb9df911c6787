import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptedCodings, codings } from './content-coding.ts'

describe('Accept-Encoding', () => {
  it.each([
    [undefined, ['identity']],
    ['', ['identity']],
    ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip', 'identity']],
    ['gzip, deflate', ['gzip', 'identity']],
    ['x-gzip', ['gzip', 'identity']],
    ['GZIP;Q=0.5, Br;q=0.4', ['gzip', 'br', 'identity']],
    ['br;q=0, gzip', ['gzip', 'identity']],
    ['*', ['br', 'zstd', 'gzip', 'identity']],
    ['*;q=0', ['identity']],
    ['gzip;q=0, *', ['br', 'zstd', 'identity']],
    ['identity, br;q=0.5', ['identity']],
    ['identity;q=0.5, br', ['br', 'identity']],
    ['identity;q=0', ['identity']],
    ['br;q=1.001, gzip;q=abc, zstd;level=3', ['identity']],
    ['br;q=0.001', ['br', 'identity']],
    ['brotli, bro, b r', ['identity']],
    [' , ,br,, ', ['br', 'identity']],
  ])('%j takes %j, the first one first', (header, expected) => {
    expect(acceptedCodings(header)).toEqual(expected)
  })

  const weight = fc.constantFrom('', ';q=0', ';q=0.0', ';q=0.3', '; q=1.000', ' ;q=0.999', ';q=2')
  const item = fc.tuple(
    fc.constantFrom('br', 'zstd', 'gzip', 'x-gzip', 'identity', 'deflate', '*', 'BR'),
    weight,
  )

  it('is never answered with a coding that it refuses or does not name', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const accepted = acceptedCodings(items.map((parts) => parts.join('')).join(', '))
        const refusesOrUnnamed = (coding: string) => {
          const names = coding === 'gzip' ? ['gzip', 'x-gzip'] : [coding]
          const said =
            items.find(([name]) => names.includes(name.toLowerCase())) ??
            items.find(([name]) => name === '*')
          const q = Number(/q=(.*)/.exec(said?.[1] ?? '')?.[1] ?? 1)
          return said === undefined || q === 0 || q > 1
        }
        expect(accepted.at(-1)).toBe('identity')
        expect(new Set(accepted).size).toBe(accepted.length)
        for (const coding of accepted.slice(0, -1)) expect(refusesOrUnnamed(coding)).toBe(false)
      }),
    )
  })

  it('is always answered with something that exists, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (header) => {
        const accepted = acceptedCodings(header)
        expect([...codings, 'identity']).toEqual(expect.arrayContaining([...accepted]))
        expect(accepted).toContain('identity')
      }),
    )
  })
})
