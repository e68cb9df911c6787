import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseByteRange } from './byte-range.ts'

describe('a range of a thousand bytes', () => {
  it.each([
    ['bytes=0-499', { start: 0, end: 499 }],
    ['bytes=500-', { start: 500, end: 999 }],
    ['bytes=999-999', { start: 999, end: 999 }],
    ['bytes=0-99999', { start: 0, end: 999 }],
    ['bytes=-1', { start: 999, end: 999 }],
    ['bytes=-5000', { start: 0, end: 999 }],
    ['BYTES=0-0', { start: 0, end: 0 }],
  ])('%s is %o', (header, range) => {
    expect(parseByteRange(header, 1000)).toEqual(range)
  })

  it.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=-0'])('%s cannot be satisfied', (header) => {
    expect(parseByteRange(header, 1000)).toBe('unsatisfiable')
  })

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=2-1',
    'bytes=0-1,5-6',
    'bytes = 0-1',
    'lines=0-1',
    'bytes=1.5-2',
    'bytes=0x1-2',
    'bytes=9999999999999999-',
    'bytes=--1',
  ])('%s asks for everything', (header) => {
    expect(parseByteRange(header, 1000)).toBeUndefined()
  })
})

it('never leaves what is there', () => {
  const bound = fc.option(fc.nat({ max: 200 }), { nil: '' })
  fc.assert(
    fc.property(bound, bound, fc.nat({ max: 100 }), (first, last, size) => {
      const range = parseByteRange(`bytes=${first}-${last}`, size)
      if (range === undefined || range === 'unsatisfiable') return
      expect(range.start).toBeGreaterThanOrEqual(0)
      expect(range.end).toBeGreaterThanOrEqual(range.start)
      expect(range.end).toBeLessThan(size)
    }),
  )
})
