import { describe, expect, it } from 'vitest'
import { randomHex } from './random-hex.ts'

describe('randomHex', () => {
  it.each([8, 16, 32])('gives %i bytes, two letters each', (bytes) => {
    expect(randomHex(bytes)).toMatch(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
  })

  it('never gives the same again, also when what it has in hand has run out', () => {
    const given = Array.from({ length: 5000 }, () => randomHex(16))
    expect(new Set(given).size).toBe(given.length)
  })
})
