import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crossedAnswers } from './support/crossed-answers.ts'
import { waysToAnswer } from './support/misbehaving-app.ts'
import { pooledScene } from './support/pooled-scene.ts'
import { stack } from './support/stack.ts'

let scene: Awaited<ReturnType<typeof pooledScene>>

beforeAll(async () => {
  scene = await pooledScene('pooled-app')
})

afterAll(() => scene.stop())

describe('an app that misbehaves, asked by two tenants over one pool of connections', () => {
  it('V19, V42, H2, H8, X17: gives nobody an answer but their own', async () => {
    const { app, base, askers } = scene
    const before = app.connections()
    const count = 2000
    const outcomes = await crossedAnswers({
      publicUrl: stack.publicUrl,
      base,
      askers,
      count,
      atOnce: 3,
      seed: 1,
    })
    expect(outcomes.wrong).toEqual([])
    expect(outcomes.right + outcomes.failed + outcomes.own).toBe(count)
    expect(outcomes.right).toBeGreaterThan(count / waysToAnswer.length)
    expect(outcomes.unlucky).toBeLessThan(count / 20)
    // Or nothing was pooled, and nothing proven.
    expect(app.connections() - before).toBeLessThan(count)
    expect(app.malformed).toEqual([])
  }, 120_000)

  it('H3: is sent nothing twice that could change something', () => {
    // Every question has a number of its own; one that reads may be asked again on a new connection.
    expect([...scene.app.asked.values()].filter((times) => times > 2)).toEqual([])
  })

  it('H3: is asked once to change something, also when it hangs up', async () => {
    const { app, base, askers } = scene
    const { publicUrl } = stack
    for (let turn = 0; turn < 20; turn += 1) {
      const question = `once-${turn}`
      const query = new URLSearchParams({ question, how: 'nothing' }).toString()
      const response = await fetch(`${publicUrl}${base}_dash-update-component?${query}`, {
        method: 'POST',
        headers: { cookie: askers[0]?.cookie ?? '', origin: publicUrl },
        body: '{}',
      })
      expect(response.status).toBe(502)
      expect(app.asked.get(question)).toBe(1)
    }
  })
})
