import { describe, expect, it } from 'vitest'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import { createRefresher, type RefreshOutcome } from './refresh.ts'
import type { RefreshChange, RefreshState } from './refresh-store.ts'

const viewer: Principal = {
  issuer: 'i',
  sub: 'u',
  email: 'e',
  role: 'viewer',
  tenants: ['acme-corp'],
}
const start = 1_000_000_000
const hour = 3_600_000
/** A token of an hour that has half a minute left. */
const almostOver = { receivedAt: start + 30_000 - hour, expiresAt: start + 30_000 }
const nextHour = { receivedAt: start, expiresAt: start + hour }

const inTime = { timeout: 10_000 }

/** Sealing that a test can read; `newest` is the key that seals. */
let newest = ''
const keys = {
  sealAtRest: (token: string, secret: string) => `${newest}${secret}:${token}`,
  openAtRest: async (sealed: string, secret: string) =>
    sealed.startsWith(`${secret}:`) ? sealed.slice(secret.length + 1) : undefined,
}

const afterChange = (row: RefreshState, change: RefreshChange): RefreshState => {
  if (change === 'begun') return { ...row, begunSecondsAgo: 0 }
  return 'revokedReason' in change ? row : { ...change, begunSecondsAgo: undefined }
}

function setUp(answer: (refreshToken: string) => Promise<RefreshOutcome>) {
  const rows = new Map<string, RefreshState>()
  const fresh = { refreshTokenSealed: 's:first', access: almostOver, begunSecondsAgo: undefined }
  const world = {
    now: start,
    /** Of the session `h`. */
    get row(): RefreshState {
      return rows.get('h') ?? fresh
    },
    set row(row: RefreshState) {
      rows.set('h', row)
    },
    asked: [] as string[],
    revoked: [] as string[],
    recorded: [] as string[],
    ended: [] as string[],
    faults: 0,
    /** What writing the result of the next step comes to. */
    beforeWrite: (() => {}) as (change: RefreshChange) => void,
    patienceMs: 60_000,
  }
  const session = (idHash = 'h'): LiveSession => ({
    idHash,
    secret: 's',
    principal: viewer,
    activeTenantId: 'acme-corp',
    lastUsedAt: start,
    idleExpiresAt: start + hour,
    absoluteExpiresAt: start + hour,
    access: almostOver,
    confirmedAt: start,
    now: () => world.now,
    ended: false,
    opened: new Set(),
    denied: new Set(),
    tenantTokens: new Map(),
    streams: new Set(),
  })
  let lock = Promise.resolve()
  const store = {
    locked(idHash: string, step: (row: RefreshState) => Promise<RefreshChange | undefined>) {
      const before = lock
      const turn = (async () => {
        await before
        if (world.revoked.length > 0) return
        const row = rows.get(idHash) ?? fresh
        const change = await step(row)
        if (!change) return
        world.beforeWrite(change)
        rows.set(idHash, afterChange(row, change))
        if (change !== 'begun' && 'revokedReason' in change)
          world.revoked.push(change.revokedReason)
      })()
      lock = turn.catch(() => {})
      return turn
    },
    async keep(_: string, before: string, change: Exclude<RefreshChange, string>) {
      world.beforeWrite(change)
      if (world.row.refreshTokenSealed === before) world.row = afterChange(world.row, change)
    },
  }
  /** A process of its own, as far as refreshing goes. */
  const replica = () => {
    const { refreshIfDue, settled } = createRefresher({
      askProvider(refreshToken) {
        world.asked.push(refreshToken)
        return answer(refreshToken)
      },
      store,
      keys,
      end: (idHash) => world.ended.push(idHash),
      record: (_session, reason, requestId) => {
        world.recorded.push(`${reason} in ${requestId}`)
        return Promise.resolve()
      },
      onFault: () => (world.faults += 1),
      now: () => world.now,
      random: () => 1,
      patienceMs: world.patienceMs,
    })
    return Object.assign((one: LiveSession) => refreshIfDue(one, 'request-1'), { settled })
  }
  return { world, session, replica }
}

const renewed = (changes: Partial<Principal> = {}) => ({
  principal: { ...viewer, ...changes },
  tokens: {
    refreshToken: 'second' as string | undefined,
    access: nextHour as LiveSession['access'],
    opSid: undefined,
  },
})

describe('O6: a refresh', () => {
  it('comes shortly before the access token ends, and keeps the rotated token', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const one = session()
    await replica()(one)
    expect(world.asked).toEqual(['first'])
    expect(world.row).toEqual({
      refreshTokenSealed: 's:second',
      access: nextHour,
      begunSecondsAgo: undefined,
    })
    expect(one.access).toEqual(nextHour)
  })

  it('seals the token anew, with the newest key, also one that the provider did not replace', async () => {
    const kept = renewed()
    const { world, session, replica } = setUp(() =>
      Promise.resolve({ ...kept, tokens: { ...kept.tokens, refreshToken: undefined } }),
    )
    newest = 'new key '
    await replica()(session())
    newest = ''
    expect(world.row.refreshTokenSealed).toBe('new key s:first')
  })

  it('asks the provider for nothing when the answer could not be kept', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const { sealAtRest } = keys
    keys.sealAtRest = () => {
      throw new Error('no key to seal with')
    }
    await replica()(session())
    keys.sealAtRest = sealAtRest
    expect([world.asked, world.faults, world.revoked]).toEqual([[], 1, []])
  })

  it('does not come earlier', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    await replica()({ ...session(), access: { ...almostOver, expiresAt: start + 60_001 } })
    await replica()({ ...session(), access: undefined })
    expect(world.asked).toEqual([])
  })

  it('X8: is made once for many requests, and once over all replicas', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const replicas = [replica(), replica(), replica()]
    const sessions = replicas.map(() => session())
    const ask = (index: number) =>
      replicas[index % 3]?.(sessions[index % 3] ?? session()) ?? Promise.resolve()
    const askAll = () => Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)))
    await askAll()
    // Whoever found another at it hears of the new token with a later request.
    await askAll()
    expect(world.asked).toEqual(['first'])
    expect(sessions.map((one) => one.access)).toEqual([nextHour, nextHour, nextHour])
  })

  it('B4: that the provider refuses ends the session', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve('ended'))
    await replica()(session())
    expect([world.revoked, world.ended]).toEqual([['refresh_refused'], ['h']])
    expect(world.recorded).toEqual(['refresh_refused in request-1'])
  })

  it('uses a token that lives for a minute for most of that minute', async () => {
    const { world, session, replica } = setUp(() => {
      const access = { receivedAt: world.now, expiresAt: world.now + 60_000 }
      return Promise.resolve({ ...renewed(), tokens: { ...renewed().tokens, access } })
    })
    const refreshIfDue = replica()
    const one = session()
    const at = []
    for (let second = 0; second < 130; second += 1) {
      await refreshIfDue(one)
      if (world.asked.length > at.length) at.push(second)
      world.now += 1000
    }
    expect(at).toEqual([0, 41, 82, 123])
  })

  it('X3: that fails on the way keeps the session, and is tried again after ever longer pauses', async () => {
    let down = true
    const { world, session, replica } = setUp(() =>
      down ? Promise.reject(new Error('no answer')) : Promise.resolve(renewed()),
    )
    const refreshIfDue = replica()
    const one = session()
    const at = []
    for (let second = 0; second < 300; second += 1) {
      await refreshIfDue(one)
      if (world.asked.length > at.length) at.push(second)
      world.now += 1000
    }
    expect(at).toEqual([0, 2, 6, 14, 30, 62, 122, 182, 242])
    expect([world.revoked, world.faults]).toEqual([[], at.length])
    down = false
    world.now += 60_000
    await refreshIfDue(one)
    expect(one.access).toEqual(nextHour)

    // What was before a success counts no more.
    down = true
    const before = world.asked.length
    world.now = nextHour.expiresAt
    await refreshIfDue(one)
    world.now += 2000
    await refreshIfDue(one)
    expect(world.asked).toHaveLength(before + 2)
  })

  it('X3: is tried for one of a thousand sessions at a time while the provider fails', async () => {
    let down = true
    const { world, session, replica } = setUp(() =>
      down ? Promise.reject(new Error('no answer')) : Promise.resolve(renewed()),
    )
    const refreshIfDue = replica()
    const sessions = Array.from({ length: 1000 }, (_, index) => session(`h${index}`))
    const all = () => Promise.all(sessions.map((one) => refreshIfDue(one)))
    const asked = []
    for (let second = 0; second < 30; second += 1) {
      const before = world.asked.length
      await all()
      asked.push(world.asked.length - before)
      world.now += 1000
    }
    // Three that knew nothing of each other yet; then one after 2 s, 4 s, and each 5 s.
    const seconds = asked.flatMap((count, second) => Array<number>(count).fill(second))
    expect(seconds).toEqual([0, 0, 0, 2, 6, 11, 16, 21, 26])
    down = false
    world.now += 5000
    while (world.asked.length < 1000) await all()
    expect(world.revoked).toEqual([])
  })

  it('X3: that takes long does not keep a request waiting', async () => {
    const answer = Promise.withResolvers<RefreshOutcome>()
    const { world, session, replica } = setUp(() => answer.promise)
    world.patienceMs = 1
    const refreshIfDue = replica()
    const one = session()
    await refreshIfDue(one)
    await refreshIfDue(one)
    expect([world.asked, one.access]).toEqual([['first'], almostOver])
    answer.resolve(renewed())
    await expect.poll(() => one.access, inTime).toEqual(nextHour)
    expect(world.asked).toEqual(['first'])
  })

  it('X9: that outlasts its request is waited for when the process is to end', async () => {
    const answer = Promise.withResolvers<RefreshOutcome>()
    const { world, session, replica } = setUp(() => answer.promise)
    world.patienceMs = 1
    let failures = 1
    world.beforeWrite = (change) => {
      if (change !== 'begun' && failures-- > 0) throw new Error('connection lost')
    }
    const refreshIfDue = replica()
    await refreshIfDue(session())
    const settled = refreshIfDue.settled()
    answer.resolve(renewed())
    await settled
    expect(world.row.refreshTokenSealed).toBe('s:second')
  })

  it('X8: is noted before the provider is asked, and says so when the session ends of a token used up', async () => {
    const { world, session, replica } = setUp(() => Promise.reject(new Error('cut off')))
    await replica()(session())
    expect(world.row.begunSecondsAgo).toBe(0)

    const later = setUp(() => Promise.resolve('ended'))
    later.world.row = { ...world.row, begunSecondsAgo: 11 }
    await later.replica()(session())
    expect(later.world.revoked).toEqual(['refresh_interrupted'])
    expect(later.world.recorded).toEqual(['refresh_interrupted in request-1'])
  })

  it('X8: that another replica did not live to end is made again, and forgotten', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    // Its replica may still hold the answer, and come back to the database with it.
    world.row = { ...world.row, begunSecondsAgo: 9 }
    await replica()(session())
    expect(world.asked).toEqual([])
    world.row = { ...world.row, begunSecondsAgo: 11 }
    await replica()(session())
    expect(world.row).toEqual({
      refreshTokenSealed: 's:second',
      access: nextHour,
      begunSecondsAgo: undefined,
    })
  })

  it('X8: is not made when another replica has done it between its beginning and the lock', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const done = { refreshTokenSealed: 's:other', access: nextHour, begunSecondsAgo: undefined }
    world.beforeWrite = () => queueMicrotask(() => (world.row = done))
    const one = session()
    await replica()(one)
    expect([world.asked, world.row, one.access]).toEqual([[], done, nextHour])
  })

  it('X1: whose transaction is lost is written down as soon as the database is back', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    let failures = 3
    world.beforeWrite = (change) => {
      if (change !== 'begun' && failures-- > 0) throw new Error('connection lost')
    }
    const refreshIfDue = replica()
    const one = session()
    await refreshIfDue(one)
    await refreshIfDue(one)
    await expect.poll(() => world.row.refreshTokenSealed, inTime).toBe('s:second')
    expect(world.asked).toEqual(['first'])
  })

  it('V10: whose transaction is lost does not bring changed claims in unseen', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed({ role: 'admin' })))
    let failures = 1
    world.beforeWrite = (change) => {
      if (change !== 'begun' && failures-- > 0) throw new Error('connection lost')
    }
    const refreshIfDue = replica()
    const one = session()
    await refreshIfDue(one)
    expect([world.revoked, world.ended, world.row.refreshTokenSealed]).toEqual([[], [], 's:first'])
    world.now += 60_000
    await refreshIfDue(one)
    expect(world.revoked).toEqual(['claims_changed'])
  })

  it('X4: whose answer could not be checked keeps the new token, and tries again with it', async () => {
    const { world, session, replica } = setUp((refreshToken) =>
      Promise.resolve(
        refreshToken === 'first'
          ? { unchecked: new Error('no keys'), refreshToken: 'unchecked' }
          : renewed(),
      ),
    )
    const refreshIfDue = replica()
    const one = session()
    await refreshIfDue(one)
    await refreshIfDue(one)
    expect([world.asked, world.faults, world.revoked]).toEqual([['first'], 1, []])
    expect(world.row).toEqual({
      refreshTokenSealed: 's:unchecked',
      access: almostOver,
      begunSecondsAgo: undefined,
    })
    world.now += 2000
    await refreshIfDue(one)
    expect(world.asked).toEqual(['first', 'unchecked'])
    expect(one.access).toEqual(nextHour)
  })

  it.each<[string, Partial<Principal>]>([
    ['role', { role: 'admin' }],
    ['tenant', { tenants: ['globex'] }],
    ['limit', { tenants: 'all' }],
    ['person', { sub: 'somebody else' }],
  ])(
    'V10: that brings another %s ends the session, so that a sign-in takes it up',
    async (_, changes) => {
      const { world, session, replica } = setUp(() => Promise.resolve(renewed(changes)))
      await replica()(session())
      expect(world.revoked).toEqual(['claims_changed'])
      expect(world.recorded).toEqual(['claims_changed in request-1'])
    },
  )

  it('whose token the cookie does not open ends the session', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    await replica()({ ...session(), secret: 'another' })
    expect([world.asked, world.revoked]).toEqual([[], ['refresh_refused']])
  })
})
