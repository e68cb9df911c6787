import { describe, expect, it } from 'vitest'
import { GatewayError } from '../edge/gateway-error.ts'
import type { SessionCookie } from './session-cookie.ts'
import { createSessionRegistry } from './session-registry.ts'
import { hashSessionId, type StoredSession } from './session-store.ts'

const sessionId = 'i'.repeat(43)
const idHash = hashSessionId(sessionId)
const content: SessionCookie = {
  v: 1,
  sessionId,
  secret: 's'.repeat(43),
  issuer: 'i',
  sub: 'u',
  email: 'e',
  role: 'viewer',
  tenants: ['acme-corp'],
  tenantId: 'acme-corp',
}

/** A registry over a row that the test changes, with a clock that the test moves. */
function setUp({ graceSeconds = 30 } = {}) {
  const world = {
    now: 1_000_000,
    current: true,
    reads: 0,
    unseals: 0,
    down: false,
    duringRead: () => {},
    extended: [] as number[],
    used: [] as number[],
    row: {
      idHash,
      principal: { issuer: 'i', sub: 'u', email: 'e', role: 'viewer', tenants: ['acme-corp'] },
      tenantId: 'acme-corp',
      idleExpiresAt: 1_000_000 + 3_600_000,
      absoluteExpiresAt: 1_000_000 + 7_200_000,
      access: undefined,
      lastUsedAt: 1_000_000,
    } as StoredSession | undefined,
  }
  const registry = createSessionRegistry({
    cookies: {
      unseal: (value) => {
        world.unseals += 1
        return Promise.resolve(value === 'sealed' ? content : undefined)
      },
    },
    store: {
      findAlive: () => {
        world.reads += 1
        world.duringRead()
        return world.down
          ? Promise.reject(new Error('database is down'))
          : Promise.resolve(world.row)
      },
      extend: (_, end, usedAt) => {
        world.extended.push(end)
        world.used.push(usedAt)
        return Promise.resolve()
      },
    },
    notificationsCurrent: () => world.current,
    idleSeconds: 3600,
    graceSeconds,
    onExtendFailure: () => {},
    now: () => world.now,
  })
  return { world, registry }
}

describe('the session registry', () => {
  it('unseals a cookie and reads its row once, not for each request', async () => {
    const { world, registry } = setUp()
    await registry.find('sealed')
    await registry.find('sealed')
    expect([world.unseals, world.reads]).toEqual([1, 1])
  })

  it('knows no session for a cookie that does not open, or that has no row', async () => {
    const { world, registry } = setUp()
    expect(await registry.find('forged')).toBeUndefined()
    world.row = undefined
    expect(await registry.find('sealed')).toBeUndefined()
  })

  it('refuses a revoked session at once, though its cookie is still sealed, and cuts its streams', async () => {
    const { registry, world } = setUp()
    const session = await registry.find('sealed')
    const cuts: string[] = []
    session?.streams.add({ cut: (reason) => cuts.push(reason), isAllowed: () => true })
    world.row = undefined
    registry.revoked(idHash)
    expect(cuts).toEqual(['session_ended'])
    expect(await registry.find('sealed')).toBeUndefined()
  })

  it('asks the database for each request while notifications are cut off', async () => {
    const { registry, world } = setUp()
    await registry.find('sealed')
    world.current = false
    world.row = undefined
    expect(await registry.find('sealed')).toBeUndefined()
  })

  it('goes on for the grace time without anybody to ask, and then refuses without ending the session', async () => {
    const { registry, world } = setUp({ graceSeconds: 30 })
    await registry.find('sealed')
    world.current = false
    world.down = true
    world.now += 30_000
    expect(await registry.find('sealed')).toBeDefined()
    world.now += 1
    await expect(registry.find('sealed')).rejects.toThrow(GatewayError)
    world.down = false
    expect(await registry.find('sealed')).toBeDefined()
  })

  it('never lets a session in that it has not seen good, however long the grace', async () => {
    const { registry, world } = setUp({ graceSeconds: 1000 })
    world.down = true
    await expect(registry.find('sealed')).rejects.toThrow('database is down')
  })

  it('ends a session at its idle end, unless another replica has moved it', async () => {
    const { registry, world } = setUp()
    await registry.find('sealed')
    world.now += 3_600_001
    world.row = world.row && { ...world.row, idleExpiresAt: world.now + 60_000 }
    expect(await registry.find('sealed')).toBeDefined()
    world.now += 7_200_001
    world.row = undefined
    expect(await registry.find('sealed')).toBeUndefined()
  })

  it('writes a later idle end now and then, never beyond the absolute end', async () => {
    const { registry, world } = setUp()
    const session = await registry.find('sealed')
    if (!session) throw new Error('no session')
    registry.seen(session)
    expect(world.extended).toEqual([])
    world.now += 120_000
    registry.seen(session)
    registry.seen(session)
    expect(world.extended).toEqual([world.now + 3_600_000])
    world.now += 3_500_000
    registry.seen(session)
    world.now += 3_000_000
    registry.seen(session)
    expect(Math.max(...world.extended)).toBe(1_000_000 + 7_200_000)
  })

  it('notes that it is used also when its age is what ends it', async () => {
    const { world, registry } = setUp()
    const session = await registry.find('sealed')
    if (!session) throw new Error('no session')
    for (const minutes of [0, 90, 110]) {
      world.now = 1_000_000 + minutes * 60_000
      registry.seen(session)
    }
    expect(world.used).toEqual([1_000_000 + 90 * 60_000, 1_000_000 + 110 * 60_000])
  })

  it('is not kept awake by requests, which a page makes by itself too', async () => {
    const { world, registry } = setUp()
    for (let minutes = 0; minutes < 59; minutes += 1) {
      world.now += 60_000
      expect(await registry.find('sealed')).toBeDefined()
    }
    world.now += 60_001
    world.row = undefined
    expect(await registry.find('sealed')).toBeUndefined()
    expect(world.extended).toEqual([])
  })

  it('cuts what may not be seen any more, and leaves the rest open', async () => {
    const { registry } = setUp()
    const session = await registry.find('sealed')
    const cuts: string[] = []
    let allowed = true
    session?.streams.add({
      cut: (reason) => cuts.push(`taken: ${reason}`),
      isAllowed: () => allowed,
    })
    session?.streams.add({ cut: () => cuts.push('kept'), isAllowed: () => true })
    expect(registry.recheckAccess()).toBe(0)
    allowed = false
    expect(registry.recheckAccess()).toBe(1)
    expect(cuts).toEqual(['taken: access_lost'])
    expect(session?.streams.size).toBe(1)
  })

  it('cuts what expired sessions left open', async () => {
    const { registry, world } = setUp()
    const session = await registry.find('sealed')
    let cut = false
    session?.streams.add({ cut: () => (cut = true), isAllowed: () => true })
    world.now += 8_000_000
    world.row = undefined
    await registry.sweep()
    expect(cut).toBe(true)
  })

  it('keeps in a sweep what another replica has extended', async () => {
    const { registry, world } = setUp()
    await registry.find('sealed')
    world.now += 3_600_001
    world.row = world.row && { ...world.row, idleExpiresAt: world.now + 60_000 }
    await registry.sweep()
    expect(await registry.find('sealed')).toBeDefined()
  })

  it('does not take up a session that is revoked while its row is being read', async () => {
    const { registry, world } = setUp()
    world.duringRead = () => registry.revoked(idHash)
    expect(await registry.find('sealed')).toBeUndefined()
  })

  it('finds out after a gap what was revoked meanwhile', async () => {
    const { registry, world } = setUp()
    await registry.find('sealed')
    world.row = undefined
    await registry.recheckAll()
    expect(await registry.find('sealed')).toBeUndefined()
  })
})
