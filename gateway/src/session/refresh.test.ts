import { describe, expect, it } from 'vitest'
import type { LiveSession } from './live-session.ts'
import type { Principal } from './principal.ts'
import { createRefresher, type RefreshOutcome } from './refresh.ts'
import type { RefreshState } from './session-store.ts'

const viewer: Principal = {
  issuer: 'i',
  sub: 'u',
  email: 'e',
  role: 'viewer',
  tenants: ['acme-corp'],
}
const start = 1_000_000
const hour = 3_600_000

/** Sealing that a test can read; `newest` is the key that seals. */
let newest = ''
const keys = {
  sealAtRest: (token: string, secret: string) => `${newest}${secret}:${token}`,
  openAtRest: async (sealed: string, secret: string) =>
    sealed.startsWith(`${secret}:`) ? sealed.slice(secret.length + 1) : undefined,
}

function setUp(answer: (refreshToken: string) => Promise<RefreshOutcome>) {
  const world = {
    now: start,
    row: {
      refreshTokenSealed: 's:first',
      accessExpiresAt: new Date(start + 30_000),
    } as RefreshState,
    asked: [] as string[],
    revoked: [] as string[],
    recorded: [] as string[],
    faults: 0,
  }
  const session = (): LiveSession => ({
    idHash: 'h',
    secret: 's',
    principal: viewer,
    activeTenantId: 'acme-corp',
    lastUsedAt: start,
    idleExpiresAt: start + hour,
    absoluteExpiresAt: start + hour,
    accessExpiresAt: start + 30_000,
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
    refreshLocked(_: string, refresh: (row: RefreshState) => Promise<RefreshState | undefined>) {
      const before = lock
      const turn = (async () => {
        await before
        world.row = (await refresh(world.row)) ?? world.row
      })()
      lock = turn.catch(() => {})
      return turn
    },
    revoke(_: string, reason: string) {
      world.revoked.push(reason)
      return Promise.resolve()
    },
  }
  /** A process of its own, as far as refreshing goes. */
  const replica = () => {
    const refreshIfDue = createRefresher({
      askProvider(refreshToken) {
        world.asked.push(refreshToken)
        return answer(refreshToken)
      },
      store,
      keys,
      end: () => {},
      record: (_session, reason, requestId) => {
        world.recorded.push(`${reason} in ${requestId}`)
        return Promise.resolve()
      },
      onFault: () => (world.faults += 1),
      now: () => world.now,
    })
    return (one: LiveSession) => refreshIfDue(one, 'request-1')
  }
  return { world, session, replica }
}

const renewed = (changes: Partial<Principal> = {}): RefreshOutcome => ({
  principal: { ...viewer, ...changes },
  tokens: { refreshToken: 'second', accessExpiresAt: start + hour, opSid: undefined },
})

describe('a refresh', () => {
  it('comes shortly before the access token ends, and keeps the rotated token', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const one = session()
    await replica()(one)
    expect(world.asked).toEqual(['first'])
    expect(world.row).toEqual({
      refreshTokenSealed: 's:second',
      accessExpiresAt: new Date(start + hour),
    })
    expect(one.accessExpiresAt).toBe(start + hour)
  })

  it('seals the token anew, with the newest key, also one that the provider did not replace', async () => {
    const kept = renewed()
    const { world, session, replica } = setUp(() =>
      Promise.resolve(
        kept === 'ended' ? kept : { ...kept, tokens: { ...kept.tokens, refreshToken: undefined } },
      ),
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
    await replica()({ ...session(), accessExpiresAt: start + 60_001 })
    await replica()({ ...session(), accessExpiresAt: undefined })
    expect(world.asked).toEqual([])
  })

  it('is made once for many requests, and once over all replicas', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve(renewed()))
    const replicas = [replica(), replica(), replica()]
    const sessions = replicas.map(session)
    const ask = (index: number) =>
      replicas[index % 3]?.(sessions[index % 3] ?? session()) ?? Promise.resolve()
    await Promise.all(Array.from({ length: 30 }, (_, index) => ask(index)))
    expect(world.asked).toEqual(['first'])
    expect(sessions.map((one) => one.accessExpiresAt)).toEqual([
      start + hour,
      start + hour,
      start + hour,
    ])
  })

  it('that the provider refuses ends the session', async () => {
    const { world, session, replica } = setUp(() => Promise.resolve('ended'))
    await replica()(session())
    expect(world.revoked).toEqual(['refresh_refused'])
    expect(world.recorded).toEqual(['refresh_refused in request-1'])
  })

  it('that fails on the way keeps the session, and is tried again after a pause', async () => {
    let down = true
    const { world, session, replica } = setUp(() =>
      down ? Promise.reject(new Error('no answer')) : Promise.resolve(renewed()),
    )
    const refreshIfDue = replica()
    const one = session()
    await refreshIfDue(one)
    await refreshIfDue(one)
    expect([world.revoked, world.asked.length, world.faults]).toEqual([[], 1, 1])
    down = false
    world.now += 10_001
    await refreshIfDue(one)
    expect(one.accessExpiresAt).toBe(start + hour)
  })

  it.each<[string, Partial<Principal>]>([
    ['role', { role: 'admin' }],
    ['tenant', { tenants: ['globex'] }],
    ['limit', { tenants: 'all' }],
    ['person', { sub: 'somebody else' }],
  ])(
    'that brings another %s ends the session, so that a sign-in takes it up',
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
