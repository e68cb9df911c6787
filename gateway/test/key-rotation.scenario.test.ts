import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sessionCookie, setRotationScene, until } from './support/rotation-scene.ts'
import type { Rotated, RotationScene } from './support/rotation-scene.ts'
import { asFrame, asNavigation, type Visitor } from './support/visitor.ts'

let scene: RotationScene
/** Signed in before any rotation, and not seen since. */
let sleeper: Visitor
let firstKids: string[]

beforeAll(async () => {
  scene = await setRotationScene()
  // As they are long after a start.
  await scene.letTimePassForKeys(3600)
  sleeper = await scene.signedIn('viewer@acme.test')
  const rows = await scene.owner`select kid from key_rings where used_from is not null`
  firstKids = rows.map((row) => String(row['kid']))
}, 180_000)

afterAll(() => scene?.stop())

const countOf = async (query: PromiseLike<readonly Record<string, unknown>[]>) =>
  (await query)[0]?.['n'] as number

const kidOf = (rotation: readonly Rotated[] | undefined, ring: string) =>
  rotation?.find((one) => one.ring === ring)?.kid ?? ''

describe('three rotations in a row, under load over three gateways', () => {
  it('fail no request, close no WebSocket and sign nobody out', async () => {
    const { app, owner, replicas } = scene
    const visitors = [
      await scene.signedIn('viewer@acme.test'),
      await scene.signedIn('viewer@globex.test'),
      await scene.staffFor('acme-corp'),
      await scene.staffFor('globex'),
    ]
    const cookies = visitors.map((visitor) => visitor.cookies.get(sessionCookie))
    const load = await scene.startLoad(visitors)
    const enough = { requests: 60, signIns: 3 }
    await load.goesOn(enough)
    const rotations: (readonly Rotated[])[] = []
    for (const replica of replicas) {
      rotations.push(await scene.rotateAt(replica))
      await load.goesOn(enough)
    }
    // Two minutes on, the newest key signs; apps have fetched the key set again by then.
    await scene.letTimePassForKeys(180)
    app.forgetKeys()
    await load.goesOn(enough)
    await load.stop()

    const signedOut = await countOf(owner`select count(*)::int as n from sessions
      where revoked_at is not null and revoked_reason <> 'replaced'`)
    const onNewestDataKey = await countOf(owner`select count(*)::int as n from sessions
      where refresh_token_sealed like ${`v1.${kidOf(rotations[2], 'data')}.%`}`)
    const { failures, figures } = load
    console.info('rotated three times under load', {
      ...figures,
      failures: failures.length,
      refusedTokens: app.refusals.length,
      signedOut,
      tokensByKey: Object.fromEntries(app.tokensByKey),
      onNewestDataKey,
    })
    expect({ failures, refusals: app.refusals, signedOut }).toEqual({
      failures: [],
      refusals: [],
      signedOut: 0,
    })
    expect(visitors.map((visitor) => visitor.cookies.get(sessionCookie))).toEqual(cookies)
    expect(onNewestDataKey).toBeGreaterThanOrEqual(visitors.length)
    // The first rotation's key had been published long enough; the last one's signs after its time.
    for (const rotation of [rotations[0], rotations[2]]) {
      expect(app.tokensByKey.get(kidOf(rotation, 'tenant-token'))).toBeGreaterThan(0)
    }

    // After a restart no replica remembers what it has unsealed: the keys must open it again.
    await Promise.all(replicas.map(({ part }) => part.stop().then(() => part.start())))
    for (const visitor of visitors) {
      const one = scene.withCookieOf(visitor, scene.urls)
      for (const { name } of replicas) {
        const { status } = await one.script(`${scene.dashboardPath}_dash-layout`)
        expect([name, status]).toEqual([name, 200])
      }
    }
  }, 180_000)

  it('are told in the answer, and written down once each', async () => {
    const lines = await scene.owner`
      select detail from audit_logs where action = 'secret.rotated' order by id`
    const rotated = lines.map((line) => (line['detail'] as { rotated: Rotated[] }).rotated)
    expect(rotated.map((rings) => rings.map(({ ring }) => ring))).toEqual(
      Array.from({ length: 3 }, () => ['cookie', 'tenant-token', 'data']),
    )
    expect(rotated[2]?.map(({ previous }) => previous.length)).toEqual([3, 3, 3])
  })
})

describe('X10: once the sessions of the old keys are over', () => {
  it('these keys go away, nobody notices, and an old cookie leads to a sign-in', async () => {
    const { app, owner, replicas } = scene
    const [before] = await owner`select now() as at`
    const visitors = [await scene.signedIn('viewer@acme.test'), await scene.staffFor('globex')]
    const load = await scene.startLoad(visitors)
    await load.goesOn({ requests: 20, signIns: 1 })
    const retired = () =>
      countOf(owner`select count(*)::int as n from key_rings where retired_at is not null`)
    expect(await retired()).toBe(9)

    // A day later, for all but those who have signed in just now.
    await scene.letTimePassForSessions(25 * 3600, before?.['at'] as Date)
    await scene.letTimePassForKeys(25 * 3600)
    await until(async () => (await retired()) === 0)
    app.forgetKeys()
    await load.goesOn({ requests: 60, signIns: 2 })
    await load.stop()
    expect([load.failures, app.refusals]).toEqual([[], []])

    const lines = await owner`select detail from audit_logs where action = 'secret.removed'`
    const removed = lines.map((line) => (line['detail'] as { kid: string }).kid)
    expect([removed.length, new Set(removed).size]).toEqual([9, 9])
    expect(removed).toEqual(expect.arrayContaining(firstKids))
    for (const replica of replicas) {
      await until(async () => (await scene.publishedBy(replica)).length === 2)
    }
    for (const url of scene.urls) await expectCleanSignIn(url)
  }, 180_000)
})

/** What becomes of the cookie that was sealed by a key that is gone. */
async function expectCleanSignIn(url: string): Promise<void> {
  const one = scene.withCookieOf(sleeper, [url])
  const navigation = await one.ask('/', { headers: asNavigation })
  expect([navigation.status, navigation.headers.get('location')]).toEqual([
    302,
    '/login?return_to=%2F',
  ])
  expect((await one.ask(scene.dashboardPath, { headers: asFrame })).status).toBe(401)
  expect((await one.script('/session')).status).toBe(401)
}

describe('a row of the keys that was damaged', () => {
  it('is told of, and the gateways go on with what they remember', async () => {
    const { owner, replicas } = scene
    const visitor = await scene.signedIn('viewer@acme.test')
    const [row] = await owner`select kid, secret_sealed from key_rings where ring = 'cookie'`
    const [kid, sealed] = [String(row?.['kid']), String(row?.['secret_sealed'])]
    await owner`update key_rings set secret_sealed = 'damaged' where kid = ${kid}`
    for (const replica of replicas) {
      await until(async () => (await scene.readiness(replica)).includes(kid))
      expect(await scene.readiness(replica)).toMatch(/^ok, but: /)
      expect(await replica.log()).toContain('do not open any more')
      expect((await visitor.script('/session')).status).toBe(200)
    }
    const newcomer = await scene.signedIn('viewer@globex.test')
    expect((await newcomer.script('/session')).status).toBe(200)
    await expect(scene.startAnother({})).rejects.toThrow(
      new RegExp(`but not ${kid}: changed or damaged`),
    )

    await owner`update key_rings set secret_sealed = ${sealed} where kid = ${kid}`
    for (const replica of replicas) {
      await until(async () => (await scene.readiness(replica)) === 'ok\n')
    }
  }, 120_000)
})

describe('the master key', () => {
  it('that is not the one of these keys keeps the gateway from starting, and changes nothing', async () => {
    const rows = () => scene.owner`select * from key_rings order by id`
    const before = await rows()
    const MASTER_KEY = randomBytes(32).toString('base64')
    await expect(scene.startAnother({ MASTER_KEY })).rejects.toThrow(
      /MASTER_KEY does not open the key rings in the database.*docs\/operations\.md/s,
    )
    const file = { MASTER_KEY: '', MASTER_KEY_FILE: join(scene.directory, 'no-such-file') }
    await expect(scene.startAnother(file)).rejects.toThrow(
      /MASTER_KEY_FILE cannot be read: .*no-such-file/,
    )
    expect(await rows()).toEqual(before)
  }, 60_000)

  it('is replaced by one from a file while the others are running', async () => {
    const file = join(scene.directory, 'master-key')
    await writeFile(file, `${randomBytes(32).toString('base64')}\n`)
    await chmod(file, 0o400)
    const settings = {
      MASTER_KEY: '',
      MASTER_KEY_FILE: file,
      MASTER_KEY_PREVIOUS: scene.masterKey,
    }
    const { replicas: fresh, stop } = await scene.startAnother(settings)
    try {
      const all = [...scene.replicas, ...fresh]
      const urls = all.map(({ url }) => url)
      const people = [await scene.signedInOver('viewer@acme.test', urls)]
      for (const replica of [...fresh, ...scene.replicas.slice(0, 1)]) {
        await scene.rotateAt(replica)
        people.push(await scene.signedInOver('viewer@globex.test', urls))
      }
      for (const visitor of people) {
        const one = scene.withCookieOf(visitor, urls)
        for (const { name } of all) {
          const { status } = await one.script(`${scene.dashboardPath}_dash-layout`)
          expect([name, status]).toEqual([name, 200])
        }
      }
      for (const replica of all) expect(await scene.readiness(replica)).toBe('ok\n')
    } finally {
      await stop()
    }
  }, 120_000)
})
