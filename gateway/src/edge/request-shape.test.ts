import { describe, expect, it } from 'vitest'
import { headerFault } from './request-shape.ts'

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
