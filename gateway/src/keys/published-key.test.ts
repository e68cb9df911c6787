import { describe, expect, it } from 'vitest'
import { publishedKey } from './key-rings.ts'

const key = (kid: string, ageSeconds: number) => ({
  kid,
  createdAt: new Date(1e9 - ageSeconds * 1000),
})

describe('publishedKey', () => {
  it('lets a new key wait until every app can have fetched it', () => {
    expect(publishedKey([key('old', 9000), key('new', 119)], 1e9).kid).toBe('old')
    expect(publishedKey([key('old', 9000), key('new', 120)], 1e9).kid).toBe('new')
  })

  it('signs with the oldest where none has been there long enough', () => {
    expect(publishedKey([key('first', 2), key('second', 1)], 1e9).kid).toBe('first')
  })

  it('does not invent a key', () => {
    expect(() => publishedKey([], 1e9)).toThrow('empty')
  })
})
