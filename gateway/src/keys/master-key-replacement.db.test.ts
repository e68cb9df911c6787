import { randomBytes } from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import { useKeyDatabase } from '../../test-support/key-database.ts'
import type { KeyRings } from './key-rings.ts'

const test = useKeyDatabase()
const { load, rotate, rows } = test
const nextMasterKey = randomBytes(32)

/** Replicas of the three kinds that run while one master key takes over from another. */
const before = () => load()
const during = () => load({ previousMasterKey: test.masterKey }, nextMasterKey)
const after = () => load({}, nextMasterKey)

async function opens(rings: KeyRings, seal: string): Promise<boolean> {
  const password = await rings.passwordsToOpen(seal)
  return (await unsealData<{ a?: number }>(seal, { password })).a === 1
}
const make = (rings: KeyRings) => sealData({ a: 1 }, { password: rings.passwordsToSeal() })

describe('a new master key', () => {
  it('takes over while replicas of both kinds are running, rotations included', async () => {
    const old = await before()
    const first = await make(old)
    const middle = await during()
    await rotate(middle)
    const second = await make(middle)
    await rotate(old)
    const third = await make(old)

    for (const rings of [old, middle]) {
      await rings.reload()
      expect(await Promise.all([first, second, third].map((seal) => opens(rings, seal)))).toEqual([
        true,
        true,
        true,
      ])
      expect(rings.problem()).toBeUndefined()
    }
    const last = await after()
    expect(await Promise.all([first, second, third].map((seal) => opens(last, seal)))).toEqual([
      true,
      true,
      true,
    ])
  })

  it('is the only one that opens anything once the one before is configured nowhere', async () => {
    await before()
    await during()
    await after()

    expect((await rows()).map((row) => row['secret_resealed'])).toEqual([null, null, null, null])
    await expect(before()).rejects.toThrow(/MASTER_KEY does not open/)
    await expect(during()).resolves.toBeDefined()
  })

  it('that was given up half way leaves the one before in force', async () => {
    const old = await before()
    const seal = await make(old)
    await during()

    expect(await opens(await before(), seal)).toBe(true)
    const third = randomBytes(32)
    const again = await load({ previousMasterKey: test.masterKey }, third)
    expect(await opens(again, seal)).toBe(true)
  })

  it('without the one before is refused, and changes nothing', async () => {
    await before()
    const stored = await rows()
    await expect(after()).rejects.toThrow(/another master key/)
    await expect(load({ previousMasterKey: randomBytes(32) }, nextMasterKey)).rejects.toThrow(
      /another master key/,
    )
    expect(await rows()).toEqual(stored)
  })

  it('is taken up by several replicas at once', async () => {
    const seal = await make(await before())
    const replicas = await Promise.all([during(), during(), during()])
    for (const rings of replicas) expect(await opens(rings, seal)).toBe(true)
    expect(await opens(await after(), seal)).toBe(true)
  })
})
