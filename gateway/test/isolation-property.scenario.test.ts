import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operation } from './support/isolation-operations.ts'
import { canary, other, setScene, tenants, type Scene } from './support/isolation-scene.ts'

/**
 * Random sequences of what users and apps of two tenants may do, in and out of order, honest and
 * not. Whatever happens, no answer holds a byte of the other tenant's canary.
 */
const runs = Number(process.env['ISOLATION_RUNS'] ?? 2000)

let scene: Scene | undefined
const set = () => {
  if (scene) return scene
  throw new Error('The scene is not set')
}
beforeAll(async () => {
  scene = await setScene()
}, 120_000)
afterAll(() => scene?.clear())

describe('two tenants', () => {
  it.each(tenants)('%s sees its own canary, without which the rest would prove nothing', (id) => {
    expect(set().shown[id].text).not.toContain(canary[other(id)])
    expect(set().shown[id].text.split(canary[id]).length).toBeGreaterThan(2)
  })

  it(
    `never see a byte of each other, in ${runs} sequences`,
    async () => {
      let own = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(operation, { minLength: 1, maxLength: 6 }),
          async (operations) => {
            // All at once: what one request leaves behind could reach the next.
            const answers = await Promise.all(operations.map((operate) => operate(set())))
            for (const answer of answers) {
              for (const foreign of tenants.filter((id) => id !== answer.for)) {
                expect(answer.text).not.toContain(canary[foreign])
              }
              expect(answer.status).toBeLessThan(500)
              if (answer.for && answer.text.includes(canary[answer.for])) own += 1
            }
          },
        ),
        { numRuns: runs },
      )
      // A gateway that refuses everything would pass the rest.
      expect(own).toBeGreaterThan(runs / 2)
    },
    Math.max(600_000, runs * 300),
  )
})
