import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBalancedScene, type BalancedScene } from './support/balanced-scene.ts'
import type { Replica } from './support/replicas.ts'
import { eventually, operate, owner, signedIn, stack } from './support/stack.ts'
import { asFrame } from './support/visitor.ts'

const tenant = 'acknowledged'
/** People who open a dashboard while the replica is killed; the rest is written in loops. */
const people = 16
/** So much is acknowledged before the kill. */
const enough = 25

let scene: BalancedScene
const sql = owner()
beforeAll(async () => {
  scene = await startBalancedScene()
}, 120_000)
afterAll(async () => {
  await sql.end()
  await scene?.stop()
})

/** Writes one number after the other until the replica is gone; the last one that was acknowledged. */
async function keepWriting(write: (number: number) => Promise<number>, told: { last: number }) {
  for (let number = 1; ; number += 1) {
    const status = await write(number).catch(() => 0)
    if (status === 0) return
    if (status === 200 || status === 201) told.last = number
  }
}

it('X8: a replica that is killed loses nothing that it has acknowledged: audit lines, preferences, metadata', async () => {
  const { url, adminUrl, part } = scene.replicas[0] as Replica
  const [writer, ...openers] = await Promise.all(
    Array.from({ length: people + 1 }, () => signedIn('viewer@acme.test')),
  )
  if (!writer) throw new Error('nobody signed in')
  for (const one of [writer, ...openers]) one.via = url
  await eventually(
    () => writer.script(`${scene.base}_dash-layout`),
    ({ status }) => status === 200,
  )

  const preference = { last: 0 }
  const metadata = { last: 0 }
  const opened: string[] = []
  const loops = [
    keepWriting(async (number) => {
      const { status } = await writer.script(`/api/preferences/${scene.slug}/kept`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', origin: stack.publicUrl },
        body: JSON.stringify({ value: { number }, isDefault: false }),
      })
      return status
    }, preference),
    keepWriting(
      async (number) =>
        (
          await operate(
            'POST',
            `/admin/tenants/${tenant}/metadata`,
            { displayName: `Number ${number}` },
            adminUrl,
          )
        ).status,
      metadata,
    ),
    (async () => {
      for (const one of openers) {
        const answer = await one.ask(scene.base, { headers: asFrame }).catch(() => undefined)
        if (answer?.status === 200) opened.push(answer.headers.get('x-request-id') ?? '')
      }
    })(),
  ]
  await expect
    .poll(() => Math.min(preference.last, metadata.last) >= enough && opened.length >= people / 2, {
      timeout: 60_000,
      interval: 5,
    })
    .toBe(true)
  await part.kill()
  await Promise.all(loops)

  const [kept] = await sql`
    select value->>'number' as number from preferences
    where dashboard_slug = ${scene.slug} and name = 'kept'`
  const [named] = await sql`select display_name from tenants where id = ${tenant}`
  const audited = await sql`select request_id, detail from audit_logs order by id`
  const lines = new Set(audited.map((row) => String(row['request_id'])))
  const changes = audited.map(({ detail }) => JSON.stringify(detail))
  process.stdout.write(
    `A replica was killed after ${preference.last} preferences, ${metadata.last} changes of metadata and ${opened.length} openings were acknowledged.\n`,
  )
  // What was under way may have been written as well.
  expect(Number(kept?.['number'])).toBeGreaterThanOrEqual(preference.last)
  expect(Number(/\d+/.exec(String(named?.['display_name']))?.[0])).toBeGreaterThanOrEqual(
    metadata.last,
  )
  expect(opened.filter((requestId) => !lines.has(requestId))).toEqual([])
  for (let number = 1; number <= metadata.last; number += 1)
    expect(changes.some((one) => one.includes(`"Number ${number}"`))).toBe(true)
  await part.start()
})
