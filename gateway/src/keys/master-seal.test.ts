import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { masterKeysOf, missingSeals, openSecret, sealSecret, type Seals } from './master-seal.ts'

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const place = { ring: 'data' as const, kid: 'data-1' }
const settled = (keys: ReturnType<typeof masterKeysOf>, seals: Seals) => ({
  ...seals,
  ...missingSeals(keys, { ...place, ...seals }),
})
const open = (keys: ReturnType<typeof masterKeysOf>, seals: Seals) =>
  openSecret(keys, { ...place, ...seals })

const old = masterKeysOf(first)
const during = masterKeysOf(second, first)
const after = masterKeysOf(second)

describe("a key's secret", () => {
  it('opens under its master key, in its own row only', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, otherKid) => {
        const secret = text.toWellFormed()
        const seals = sealSecret(old, place, secret)
        expect(open(old, seals)).toBe(secret)
        expect(open(masterKeysOf(third), seals)).toBeUndefined()
        expect(openSecret(old, { ...seals, ...place, ring: 'cookie' })).toBeUndefined()
        if (otherKid !== place.kid) {
          expect(openSecret(old, { ...seals, ...place, kid: otherKid })).toBeUndefined()
        }
      }),
    )
  })
})

describe('replacing the master key', () => {
  const sealed = sealSecret(old, place, 'secret')

  it('gives a row a second seal, so that old and new replicas both open it', () => {
    const both = settled(during, sealed)
    expect([old, during, after].map((keys) => open(keys, both))).toEqual(
      Array.from({ length: 3 }, () => 'secret'),
    )
    expect(missingSeals(during, { ...place, ...both })).toBeUndefined()
    expect(missingSeals(old, { ...place, ...both })).toBeUndefined()
  })

  it('seals new secrets for both', () => {
    const fresh = sealSecret(during, place, 'fresh')
    expect([open(old, fresh), open(after, fresh)]).toEqual(['fresh', 'fresh'])
    expect(missingSeals(during, { ...place, ...fresh })).toBeUndefined()
  })

  it('leaves only the new seal once the old key is not configured any more', () => {
    const alone = settled(after, settled(during, sealed))
    expect(alone.secretResealed).toBeNull()
    expect([open(after, alone), open(old, alone)]).toEqual(['secret', undefined])
    expect(missingSeals(during, { ...place, ...alone })).toBeUndefined()
  })

  it('can be given up, and begun again with another key', () => {
    const abandoned = settled(during, sealed)
    const again = settled(masterKeysOf(third, first), abandoned)
    expect([open(old, again), open(masterKeysOf(third), again)]).toEqual(['secret', 'secret'])
    expect(open(after, again)).toBeUndefined()
  })

  it('changes nothing of a row that opens under neither', () => {
    expect(missingSeals(masterKeysOf(third, second), { ...place, ...sealed })).toBeUndefined()
  })
})
