import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Importance } from './importance.ts'
import { createTurns, queueLength } from './turns.ts'
import type { Asker, Release } from './asker.ts'

const limits = {
  requestsPerMinute: 1,
  userRequestsPerMinute: 1,
  requestsAtOnce: 4,
  userRequestsAtOnce: 2,
  streams: 1,
  userStreams: 1,
}
const asker = (tenantId: string, user: string, importance: Importance = 'page'): Asker => ({
  tenantId,
  user,
  limits,
  importance,
})

/** Asks for turns at one app and remembers in which order they were given. */
function scene(appRequestsAtOnce = 6) {
  const turns = createTurns({ appRequestsAtOnce, waitMs: 5000 })
  const given: string[] = []
  const held: { name: string; release: Release }[] = []
  const refused: unknown[] = []
  const never = new AbortController().signal
  return {
    given,
    held,
    refused,
    async ask(name: string, who: Asker, signal = never, app = 'http://app'): Promise<void> {
      try {
        const release = await turns.take(app, who, signal)
        given.push(name)
        held.push({ name, release })
      } catch (error) {
        refused.push(error)
      }
    },
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('turns at an app (X21)', () => {
  it('keep one user to a share, and one tenant', async () => {
    const { ask, given, held } = scene()
    for (const name of ['a1', 'a2', 'a3']) void ask(name, asker('acme', 'ann'))
    for (const name of ['b1', 'b2', 'b3']) void ask(name, asker('acme', 'bob'))
    void ask('c1', asker('acme', 'cy'))
    await settle()
    expect(given).toEqual(['a1', 'a2', 'b1', 'b2'])
    held.find(({ name }) => name === 'b1')?.release()
    await settle()
    // The first that waits and whose user has room: ann has two under way.
    expect(given.slice(4)).toEqual(['b3'])
  })

  it('leave room for a tenant beside one that asks without end', async () => {
    const { ask, given } = scene()
    for (let n = 0; n < 100; n += 1) void ask('flood', asker('acme', `user-${n}`))
    void ask('quiet', asker('globex', 'gil'))
    await settle()
    expect(given.filter((name) => name === 'flood')).toHaveLength(limits.requestsAtOnce)
    expect(given.at(-1)).toBe('quiet')
  })

  it('go round between tenants where several wait', async () => {
    const { ask, given, held } = scene(1)
    void ask('first', asker('acme', 'ann'))
    for (const name of ['a1', 'a2', 'a3']) void ask(name, asker('acme', 'ann'))
    for (const name of ['g1', 'g2']) void ask(name, asker('globex', 'gil'))
    void ask('h1', asker('hooli', 'hal'))
    for (let n = 0; n < 7; n += 1) {
      await settle()
      held.shift()?.release()
    }
    expect(given).toEqual(['first', 'a1', 'g1', 'h1', 'a2', 'g2', 'a3'])
  })

  it('give people theirs before polls, and polls the smaller part of the queue', async () => {
    const { ask, given, held, refused } = scene(1)
    void ask('first', asker('acme', 'ann'))
    for (let n = 0; n < 100; n += 1) void ask('poll', asker('acme', 'ann', 'poll'))
    void ask('click', asker('acme', 'bob', 'callback'))
    await settle()
    expect(refused).toHaveLength(68)
    held.shift()?.release()
    await settle()
    expect(given).toEqual(['first', 'click'])
  })

  it('let no more wait than the queue holds, and nobody for ever', async () => {
    const { ask, refused } = scene(1)
    for (let n = 0; n < queueLength + 11; n += 1) void ask('one', asker('acme', 'ann'))
    await settle()
    expect(refused).toHaveLength(10)
    await vi.advanceTimersByTimeAsync(5000)
    expect(refused).toHaveLength(queueLength + 10)
    expect(refused.at(-1)).toMatchObject({
      status: 429,
      code: 'tenant_busy',
      headers: { 'Retry-After': '2' },
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are not kept for whoever has gone', async () => {
    const { ask, given, held, refused } = scene(1)
    const gone = new AbortController()
    void ask('first', asker('acme', 'ann'))
    void ask('gone', asker('acme', 'ann'), gone.signal)
    void ask('stays', asker('acme', 'ann'))
    await settle()
    gone.abort(new Error('the client hung up'))
    held.shift()?.release()
    await settle()
    expect(given).toEqual(['first', 'stays'])
    expect(refused).toEqual([new Error('the client hung up')])
  })

  it('at one app do not wait for another, and are given back once only', async () => {
    const { ask, given, held } = scene(1)
    void ask('here', asker('acme', 'ann'))
    void ask('there', asker('acme', 'ann'), new AbortController().signal, 'http://other')
    for (let n = 0; n < 3; n += 1) void ask('next', asker('acme', 'ann'))
    await settle()
    expect(given).toEqual(['here', 'there'])
    const [first] = held
    first?.release()
    first?.release()
    await settle()
    expect(given).toEqual(['here', 'there', 'next'])
  })

  it('keep the p99 of a quiet tenant within 1.5 times of what it is alone, whatever another asks', async () => {
    const p99 = async (floodShare: number | undefined) => {
      const turns = createTurns({ appRequestsAtOnce: 16, waitMs: 60_000 })
      const taken: number[] = []
      const never = new AbortController().signal
      /** One person after another request, in an app of 16 threads that works 50 ms at each. */
      const click = async (tenantId: string, share: number) => {
        const from = Date.now()
        const own = { ...limits, requestsAtOnce: share, userRequestsAtOnce: share }
        const who = { ...asker(tenantId, tenantId), limits: own }
        const release = await turns.take('http://app', who, never)
        await new Promise((resolve) => setTimeout(resolve, 50))
        release()
        return Date.now() - from
      }
      const ending = new AbortController()
      const loops = Array.from({ length: floodShare === undefined ? 0 : 64 }, async () => {
        while (!ending.signal.aborted) await click('loud', floodShare ?? 1)
      })
      const people = Array.from({ length: 4 }, async (_, person) => {
        await new Promise((resolve) => setTimeout(resolve, person * 7))
        for (let n = 0; n < 50; n += 1) taken.push(await click('quiet', 8))
        ending.abort()
      })
      await vi.advanceTimersByTimeAsync(60_000)
      await Promise.all([...people, ...loops])
      return taken.toSorted((a, b) => a - b)[Math.ceil(taken.length * 0.99) - 1] ?? Number.NaN
    }
    const alone = await p99(undefined)
    expect(alone).toBe(50)
    expect(await p99(8)).toBeLessThanOrEqual(1.5 * alone)
    // It is the share that does it: without one the app is full, and there is a wait each time.
    expect(await p99(16)).toBeGreaterThan(1.5 * alone)
  })

  it('never exceed a share, lose anybody, or stand still while there is room', async () => {
    const step = fc.record({
      tenant: fc.constantFrom('acme', 'globex', 'hooli'),
      user: fc.constantFrom('1', '2', '3'),
      importance: fc.constantFrom<Importance>('poll', 'callback', 'page'),
      releases: fc.integer({ min: 0, max: 2 }),
      leaves: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { ask, held, given, refused } = scene(5)
        const share = (prefix: string) => held.filter(({ name }) => name.startsWith(prefix)).length
        let asked = 0
        for (const { tenant, user, importance, releases, leaves } of steps) {
          const leaving = new AbortController()
          asked += 1
          void ask(
            `${tenant}/${user}`,
            asker(tenant, `${tenant}/${user}`, importance),
            leaving.signal,
          )
          await settle()
          if (leaves) leaving.abort(new Error('gone'))
          for (let n = 0; n < releases; n += 1) held.shift()?.release()
          await settle()
          expect(held.length).toBeLessThanOrEqual(5)
          for (const one of ['acme', 'globex', 'hooli']) {
            expect(share(one)).toBeLessThanOrEqual(limits.requestsAtOnce)
            for (const two of ['1', '2', '3']) {
              expect(share(`${one}/${two}`)).toBeLessThanOrEqual(limits.userRequestsAtOnce)
            }
          }
        }
        while (held.length > 0) {
          held.shift()?.release()
          await settle()
        }
        expect(given.length + refused.length).toBe(asked)
        expect(vi.getTimerCount()).toBe(0)
      }),
      { numRuns: 100 },
    )
  })
})
