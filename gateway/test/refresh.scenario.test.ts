import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startRefreshScene, type RefreshScene } from './support/refresh-scene.ts'
import { eventually, owner, stack } from './support/stack.ts'
import { Visitor } from './support/visitor.ts'

let scene: RefreshScene

beforeAll(async () => {
  scene = await startRefreshScene()
}, 120_000)

afterAll(() => scene?.stop())

const replicaUrl = (index: number) => scene.replicas[index]?.url ?? ''

describe('O6: short access tokens with rotating refresh tokens, at three gateways', () => {
  it('X8: sign nobody out and refuse nothing, though a replica is killed', async () => {
    const { state } = scene.provider
    Object.assign(state, { accessTokenSeconds: 6, reuseSeconds: 30 })
    let refreshedBefore: number[] = []
    const soak = await scene.soak({
      isKillDue: ({ kills }) => {
        refreshedBefore = scene.refreshesOfEach()
        return kills === 0 && refreshedBefore.length > 0
      },
      // Each session once more after that.
      isDone: ({ kills }) => kills > 0 && scene.refreshesOfEach().filter((n) => n > 1).length === 9,
    })
    const { refused, ended, signOuts, usedTwice, kills } = soak
    expect({ refused, ended, signOuts, usedTwice, kills }).toEqual({
      refused: [],
      ended: [],
      signOuts: 0,
      usedTwice: 0,
      kills: 1,
    })
  }, 120_000)
})

describe('a refresh token that is used up and not replaced', () => {
  let one: Visitor

  beforeEach(async () => {
    scene.provider.state.accessTokenSeconds = 2
    one = new Visitor(stack.publicUrl)
    one.via = replicaUrl(0)
    expect((await one.signIn('viewer@acme.test')).status).toBe(200)
  })

  const ask = () => one.script('/session')

  /**
   * Asks until the provider has used the token up and keeps back what it gives in its place. A gateway
   * waits for it for two seconds.
   */
  async function untilHeld() {
    const uses = scene.provider.state.uses.length
    const { held, release } = scene.provider.holdNext()
    const begun = new AbortController()
    const asked = eventually(ask, () => begun.signal.aborted)
    asked.catch(() => {})
    await Promise.race([held, asked])
    begun.abort()
    return { release, asked, uses: () => scene.provider.state.uses.slice(uses) }
  }

  async function killedWhileHeld() {
    const held = await untilHeld()
    await scene.replicas[0]?.part.kill()
    held.release()
    one.via = replicaUrl(1)
    // It was so long ago that its replica would have written down what it had been given.
    const sql = owner()
    await sql`update sessions set refresh_begun_at = refresh_begun_at - interval '11 s'`
    await sql.end()
    return held
  }

  it('X8: since its replica was killed, is used again where the provider allows for that', async () => {
    scene.provider.state.reuseSeconds = 30
    const { uses } = await killedWhileHeld()
    expect((await eventually(ask, () => uses().length >= 3)).status).toBe(200)
    const [first, second, third] = uses()
    expect(second?.refreshToken).toBe(first?.refreshToken)
    expect(third?.refreshToken).not.toBe(first?.refreshToken)
    expect(uses().map(({ error }) => error)).toEqual(uses().map(() => undefined))
    await scene.replicas[0]?.part.start()
  }, 60_000)

  it('X8: since its replica was killed, ends the session with that reason where it does not', async () => {
    scene.provider.state.reuseSeconds = 0
    const { uses } = await killedWhileHeld()
    const refused = await eventually(ask, ({ status }) => status !== 200)
    expect(refused.status).toBe(401)
    expect(uses().map(({ error }) => error)).toEqual([undefined, 'invalid_grant'])
    expect(await scene.endedSessions()).toContain('refresh_interrupted')
    const sql = owner()
    const lines = await sql`
      select detail from audit_logs
      where action = 'session.ended' and request_id = ${refused.headers.get('x-request-id')}`
    await sql.end()
    expect(lines).toMatchObject([{ detail: { reason: 'refresh_interrupted' } }])
    // The provider still knows the person, who is not asked for a password.
    expect((await one.visit('/login')).url).toBe(`${stack.publicUrl}/`)
    expect((await ask()).status).toBe(200)
    await scene.replicas[0]?.part.start()
  }, 60_000)

  /** The session goes on at another replica, and with a token that was not used before. */
  async function goesOn({ uses }: Awaited<ReturnType<typeof untilHeld>>) {
    one.via = replicaUrl(1)
    expect((await eventually(ask, () => uses().length >= 3)).status).toBe(200)
    const tokens = uses().map(({ refreshToken }) => refreshToken)
    expect(new Set(tokens).size).toBe(tokens.length)
  }

  it('X9: while its replica is asked to stop, is replaced before that ends', async () => {
    scene.provider.state.reuseSeconds = 0
    const sql = owner()
    const held = await untilHeld()
    await sql.begin(async (tx) => {
      // What the provider gives cannot be written down.
      await tx`lock table sessions in share mode`
      held.release()
      expect((await held.asked).status).toBe(200)
      const stopped = scene.replicas[0]?.part.stop()
      // Time to end in, for one that does not wait; one that does is still there.
      await Promise.race([stopped, wait(1500)])
    })
    await sql.end()
    await scene.replicas[0]?.part.stop()
    await goesOn(held)
    await scene.replicas[0]?.part.start()
  }, 60_000)

  it('X1: since the database cut the connection off, is replaced all the same', async () => {
    scene.provider.state.reuseSeconds = 0
    const sql = owner()
    const held = await untilHeld()
    const cut = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where usename = 'dashgate_gateway' and state = 'idle in transaction'`
    held.release()
    await sql.end()
    expect(cut.length).toBeGreaterThan(0)
    expect((await held.asked).status).toBe(200)
    await goesOn(held)
  }, 60_000)
})
