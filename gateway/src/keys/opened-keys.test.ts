import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyRow } from './key-row.ts'
import { masterKeysOf, sealSecret } from './master-seal.ts'
import { openRows, sealingKey, signingKeyAt } from './opened-keys.ts'

const at = (seconds: number) => new Date(seconds * 1000)
const key = (kid: string, usedFrom: number | null, retiredAt: number | null = null) => ({
  kid,
  usedFrom: usedFrom === null ? null : at(usedFrom),
  retiredAt: retiredAt === null ? null : at(retiredAt),
})
const signer = (keys: ReturnType<typeof key>[], seconds: number) =>
  signingKeyAt(keys, seconds * 1000)?.kid

describe('signingKeyAt', () => {
  it('lets a key sign from its time on, and the one before until then', () => {
    const keys = [key('old', 100, 220), key('new', 220), key('next', null)]
    expect(signer(keys, 219.9)).toBe('old')
    expect(signer(keys, 220)).toBe('new')
    expect(signer(keys, 1e6)).toBe('new')
  })

  it('goes through keys that were rotated quickly in the order of their times', () => {
    const keys = [key('a', 0, 100), key('b', 100, 230), key('c', 230, 231), key('d', 231)]
    expect([99, 229, 230.5, 231].map((seconds) => signer(keys, seconds))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
  })

  it('takes the first of all keys where the clock is a little behind', () => {
    expect(signer([key('first', 100), key('next', null)], 98)).toBe('first')
  })

  it('makes nothing with a key that has long been followed by one that is not here', () => {
    expect(signer([key('old', 0, 100)], 399)).toBe('old')
    expect(signer([key('old', 0, 100)], 400)).toBeUndefined()
    expect(signer([key('next', null)], 400)).toBeUndefined()
  })
})

const master = masterKeysOf(randomBytes(32))

function row(id: number, secret: string, changes: Partial<KeyRow> = {}): KeyRow {
  const place = { ring: 'cookie' as const, kid: `cookie-${id}` }
  return {
    id,
    ...place,
    ...sealSecret(master, place, secret),
    publicJwk: null,
    createdAt: at(id),
    usedFrom: at(id),
    retiredAt: null,
    rotationId: null,
    ...changes,
  }
}

describe('openRows', () => {
  it('opens what the master key sealed, and names the rest', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(), { minLength: 1 }), fc.nat(), (ids, damagedId) => {
        const rows = ids.map((id) => row(id, `secret ${id}`))
        const broken = rows.map((one) =>
          one.id === damagedId ? { ...one, secretSealed: 'damaged' } : one,
        )
        const { keys, unknown, damaged } = openRows(broken, master, [])
        expect(keys.map(({ secret }) => secret)).toEqual(
          ids.filter((id) => id !== damagedId).map((id) => `secret ${id}`),
        )
        expect(unknown.map(({ id }) => id)).toEqual(ids.filter((id) => id === damagedId))
        expect(damaged).toEqual([])
      }),
    )
  })

  it('goes on with the secret that it remembers of a row, but follows its times', () => {
    const { keys: remembered } = openRows([row(1, 'first'), row(2, 'second')], master, [])
    const later = [row(1, 'first', { secretSealed: 'damaged', retiredAt: at(9) }), row(2, 'second')]
    const { keys, unknown, damaged } = openRows(later, master, remembered)
    expect(keys.map(({ secret }) => secret)).toEqual(['first', 'second'])
    expect(keys[0]?.retiredAt).toEqual(at(9))
    expect([unknown.length, damaged.map(({ id }) => id)]).toEqual([0, [1]])
  })

  it('remembers no secret for another ring, nor for a row that is gone', () => {
    const { keys: remembered } = openRows([row(1, 'first')], master, [])
    const moved = row(1, 'first', { ring: 'data' })
    expect(openRows([moved], master, remembered)).toMatchObject({ keys: [], unknown: [moved] })
    expect(openRows([], master, remembered).keys).toEqual([])
  })
})

describe('sealingKey', () => {
  it('is the newest that is in use', () => {
    const { keys } = openRows([row(1, 'a', { retiredAt: at(2) }), row(2, 'b')], master, [])
    expect(sealingKey(keys, 'cookie')?.secret).toBe('b')
    expect(sealingKey(keys, 'data')).toBeUndefined()
  })

  it('is none when all of them are retired', () => {
    const { keys } = openRows([row(1, 'a', { retiredAt: at(2) })], master, [])
    expect(sealingKey(keys, 'cookie')).toBeUndefined()
  })
})
