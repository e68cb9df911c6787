import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerFault, hostOf, sizeFault } from './request-shape.ts'

describe('R5, H2, H6: headerFault', () => {
  it('finds nothing wrong with an ordinary request', () => {
    expect(headerFault(['Host', 'a', 'Accept', 'b', 'Accept', 'c', 'X-Tab', 'a\tb'])).toBeUndefined() // prettier-ignore
  })

  it.each([
    'Host',
    'hOST',
    'Content-Length',
    'Content-Type',
    'Authorization',
    'Origin',
    'Sec-Fetch-Site',
  ])('refuses a second %s', (name) => {
    expect(
      headerFault([
        'host',
        'x',
        'content-length',
        '0',
        'content-type',
        't',
        'authorization',
        'a',
        'origin',
        'o',
        'sec-fetch-site',
        's',
        name,
        'again',
      ]),
    ).toMatch(/sent twice/)
  })

  it.each(['\x00', '\x07', '\n', '\x1b', '\x7f'])(
    'refuses the control character %j',
    (character) => {
      expect(headerFault(['host', 'x', 'x-note', `a${character}b`])).toMatch(/control character/)
    },
  )
})

describe('H12, X16: sizeFault', () => {
  const fields = (count: number) => Array.from({ length: count }, () => ['x', 'y']).flat()

  it('finds an ordinary request, and the largest, not too large', () => {
    expect(sizeFault('/a?b', fields(30))).toBeUndefined()
    expect(sizeFault('/'.repeat(8192), fields(128))).toBeUndefined()
  })

  it('is 414 for a longer address, and 431 for more fields', () => {
    expect(sizeFault('/'.repeat(8193), fields(1))).toBe(414)
    expect(sizeFault('/', fields(129))).toBe(431)
  })
})

describe('headerFault and sizeFault, for any list of fields', () => {
  const name = fc.constantFrom('Host', 'hOST', 'Cookie', 'Origin', 'ORIGIN', 'X-A', 'x_a', 'Accept')
  const value = fc.string({ unit: 'binary', maxLength: 8 })
  const list = fc.array(fc.tuple(name, value), { maxLength: 20 })

  it('lets pass only what is said once and holds no control character', () => {
    fc.assert(
      fc.property(list, (pairs) => {
        if (headerFault(pairs.flat()) !== undefined) return
        for (const single of ['host', 'origin'])
          expect(pairs.filter(([one]) => one.toLowerCase() === single).length).toBeLessThan(2)
        for (const [, one] of pairs) expect(one).not.toMatch(/(?!\t)\p{Cc}/u)
      }),
      { numRuns: 1000 },
    )
  })

  it('does not depend on the order of the fields', () => {
    fc.assert(
      fc.property(list, (pairs) => {
        const turned = pairs.toReversed().flat()
        expect(headerFault(turned) === undefined).toBe(headerFault(pairs.flat()) === undefined)
      }),
    )
  })
})

describe('R5, H12: a request over HTTP/2', () => {
  const pseudo = [':method', 'GET', ':path', '/', ':scheme', 'https', ':authority', 'a']

  it('names one server: its Host, if there is one, is its authority', () => {
    expect(headerFault([...pseudo, 'accept', 'b'])).toBeUndefined()
    expect(headerFault([...pseudo, 'host', 'a'])).toBeUndefined()
    expect(headerFault([...pseudo, 'host', 'b'])).toMatch(/another server/)
    expect(hostOf({ ':authority': 'a', host: 'b' })).toBe('a')
    expect(hostOf({ host: 'b' })).toBe('b')
  })

  it('has as many fields as another, its cookies counted as one', () => {
    const fields = Array.from({ length: 128 }, () => ['x', 'y']).flat()
    const crumbs = Array.from({ length: 150 }, (_, index) => ['cookie', `c${index}=1`]).flat()
    expect(sizeFault('/', [...pseudo, ...fields, ...crumbs])).toBeUndefined()
    expect(sizeFault('/', [...pseudo, ...fields, 'x', 'y'])).toBe(431)
  })

  it('has no more characters than another', () => {
    expect(sizeFault('/', [...pseudo, 'x', 'y'.repeat(16_000)])).toBeUndefined()
    expect(sizeFault('/', [...pseudo, 'x', 'y'.repeat(16_400)])).toBe(431)
  })
})
