import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveKey, seal, unseal } from './seal.ts'

const key = randomBytes(32)

describe('seal', () => {
  it('opens again under the same key and context only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, context, other) => {
        const sealed = seal(key, context, text)
        expect(unseal(key, context, sealed)).toBe(text.toWellFormed())
        expect(unseal(randomBytes(32), context, sealed)).toBeUndefined()
        if (other !== context) expect(unseal(key, other, sealed)).toBeUndefined()
      }),
    )
  })

  it('notices any byte that was changed, cut off or added', () => {
    const sealed = Buffer.from(seal(key, 'c', 'refresh token'), 'base64url')
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed)
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(unseal(key, 'c', changed.toString('base64url'))).toBeUndefined()
      expect(unseal(key, 'c', sealed.subarray(0, index).toString('base64url'))).toBeUndefined()
    }
    expect(
      unseal(key, 'c', Buffer.concat([sealed, Buffer.of(0)]).toString('base64url')),
    ).toBeUndefined()
  })

  it('never looks the same twice', () => {
    expect(seal(key, 'c', 'same')).not.toBe(seal(key, 'c', 'same'))
  })
})

describe('deriveKey', () => {
  it('gives each purpose its own key', () => {
    expect(deriveKey(key, 'a')).toHaveLength(32)
    expect(deriveKey(key, 'a')).toEqual(deriveKey(key, 'a'))
    expect(deriveKey(key, 'a')).not.toEqual(deriveKey(key, 'b'))
  })
})
