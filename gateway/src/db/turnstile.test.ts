import { describe, expect, it } from 'vitest'
import { createTurnstile } from './turnstile.ts'

const tooLate = () => new Error('too late')

describe('turnstile', () => {
  it('lets in as many as there are places, and the next when one leaves', async () => {
    const turnstile = createTurnstile(2, 60_000, tooLate)
    const entered: number[] = []
    const leave = await turnstile.enter()
    await turnstile.enter()
    const third = turnstile.enter().then(() => entered.push(3))
    await Promise.resolve()
    expect(entered).toEqual([])

    leave()
    await third
    expect(entered).toEqual([3])
  })

  it('turns away who waited too long, and gives its turn to the one behind', async () => {
    const turnstile = createTurnstile(1, 1, tooLate)
    const leave = await turnstile.enter()
    await expect(turnstile.enter()).rejects.toThrow('too late')

    leave()
    await expect(turnstile.enter()).resolves.toBeTypeOf('function')
  })

  it('counts a place once, however often it is given back', async () => {
    const turnstile = createTurnstile(1, 1, tooLate)
    const leave = await turnstile.enter()
    leave()
    leave()

    await turnstile.enter()
    await expect(turnstile.enter()).rejects.toThrow('too late')
  })
})
