import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAppAddresses, type AddressedApp } from './app-addresses.ts'

const [a, b, c] = ['http://a', 'http://b', 'http://c']
const app: AddressedApp = { appUrl: a, replicaUrls: [b, c] }
const sessions = Array.from({ length: 300 }, (_, index) => `session-${index}`)

/** Addresses on a clock that a test moves. */
function scene() {
  let time = 0
  const addresses = createAppAddresses({ now: () => time })
  return {
    ...addresses,
    later: (ms: number) => void (time += ms),
    fail(address: string, times = 3) {
      for (let time = 0; time < times; time += 1) addresses.noteUnreached(address)
    },
  }
}
const sessionAt = (address: string) => {
  const { choose } = scene()
  const found = sessions.find((session) => choose(app, session) === address)
  if (found === undefined) throw new Error('no session keeps to it')
  return found
}

describe('the address that a session keeps to', () => {
  it('is one for an app with one address, without a count', () => {
    const { take, choose } = scene()
    const alone = { appUrl: a, replicaUrls: [] }
    expect([take(alone, 'x'), choose(alone, 'x')]).toEqual([undefined, a])
  })

  it('is for each of them that of about a third of the sessions', () => {
    const { choose } = scene()
    const chosen = sessions.map((session) => choose(app, session))
    // Of given sessions: it comes out the same each time.
    for (const address of [a, b, c]) {
      expect(chosen.filter((one) => one === address).length).toBeGreaterThan(75)
    }
  })

  it('comes back with the address', () => {
    const { choose, fail, noteReached } = scene()
    const session = sessionAt(b)
    fail(b)
    expect(choose(app, session)).not.toBe(b)
    noteReached(b)
    expect(choose(app, session)).toBe(b)
  })
})

describe('while it is ejected', () => {
  it('the session goes where the fewest requests are', () => {
    const { take, choose, fail } = scene()
    const session = sessionAt(a)
    fail(a)
    const atB = take(app, sessionAt(b))
    expect([atB?.address, choose(app, session)]).toEqual([b, c])
    const atC = [take(app, sessionAt(c)), take(app, sessionAt(c))]
    expect([atC[0]?.address, choose(app, session)]).toEqual([c, b])
    for (const place of [...atC, ...atC]) place?.leave()
    expect(choose(app, session)).toBe(c)
  })

  it('the sessions of the others stay where they are', () => {
    const { choose, fail } = scene()
    fail(a)
    expect([b, c].map((address) => choose(app, sessionAt(address)))).toEqual([b, c])
  })
})

describe('a request that moves on', () => {
  it('goes to another address, also before the first is ejected, and is counted there', () => {
    const { take, choose, fail } = scene()
    const place = take(app, sessionAt(a))
    place?.moveOn()
    const second = place?.address
    expect([b, c]).toContain(second)
    fail(a)
    expect(choose(app, sessionAt(a))).not.toBe(second)
    place?.leave()
    place?.moveOn()
    expect(choose(app, sessionAt(a))).toBe(second)
  })
})

describe('an address that cannot be reached', () => {
  it('is ejected after three failures in a row, not after three in all', () => {
    const { fail, isEjected, noteReached } = scene()
    fail(a, 2)
    noteReached(a)
    fail(a, 2)
    expect(isEjected(a)).toBe(false)
    fail(a, 1)
    expect(isEjected(a)).toBe(true)
  })

  it('is tried again after 5 s, then after twice as long each time, up to a minute', () => {
    const { fail, isTrialDue, later } = scene()
    fail(a)
    for (const seconds of [5, 10, 20, 40, 60, 60]) {
      later(seconds * 1000 - 1)
      expect(isTrialDue(a)).toBe(false)
      later(1)
      expect(isTrialDue(a)).toBe(true)
      fail(a, 1)
    }
  })

  it('is not left alone for longer by what was under way when it was ejected', () => {
    const { fail, isTrialDue, later } = scene()
    fail(a, 20)
    later(5000)
    expect(isTrialDue(a)).toBe(true)
  })

  it('begins again with three failures and 5 s once it was reached', () => {
    const { fail, isEjected, isTrialDue, later, noteReached } = scene()
    fail(a)
    later(5000)
    fail(a, 1)
    noteReached(a)
    fail(a, 2)
    expect(isEjected(a)).toBe(false)
    fail(a, 1)
    later(5000)
    expect(isTrialDue(a)).toBe(true)
  })

  it('is forgotten when no app has it any more', () => {
    const { fail, isEjected, keepOnly } = scene()
    fail(a)
    fail(b)
    keepOnly(new Set([b]))
    expect([isEjected(a), isEjected(b)]).toEqual([false, true])
  })
})

describe('whatever happened before', () => {
  const address = fc.integer({ min: 0, max: 5 }).map((index) => `http://app-${index}:8050`)
  const apps = fc.uniqueArray(address, { minLength: 2 })
  const events = fc.array(
    fc.record({
      address,
      kind: fc.constantFrom('reached', 'unreached', 'taken'),
      session: fc.string(),
    }),
    { maxLength: 60 },
  )
  const of = ([appUrl = '', ...replicaUrls]: readonly string[]) => ({ appUrl, replicaUrls })

  it('a session gets an address of its app, an ejected one only when all are, and no two answers', () => {
    fc.assert(
      fc.property(apps, events, fc.string(), (list, happened, session) => {
        const { choose, take, noteReached, noteUnreached, isEjected } = scene()
        for (const event of happened) {
          if (event.kind === 'taken') take(of(list), event.session)
          else if (event.kind === 'reached') noteReached(event.address)
          else noteUnreached(event.address)
        }
        const chosen = choose(of(list), session)
        expect(list).toContain(chosen)
        expect(isEjected(chosen)).toBe(list.every(isEjected))
        expect(choose(of(list.toReversed()), session)).toBe(chosen)
        expect(choose(of(list), session, chosen)).not.toBe(chosen)
      }),
    )
  })

  it('an address that is taken away moves its own sessions only', () => {
    fc.assert(
      fc.property(apps, address, fc.string(), (list, gone, session) => {
        const { choose } = scene()
        const rest = list.filter((one) => one !== gone)
        const before = choose(of(list), session)
        if (rest.length > 0 && before !== gone) expect(choose(of(rest), session)).toBe(before)
      }),
    )
  })
})
