import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  revocationKinds,
  startRevocationScene,
  type RevocationScene,
} from './support/revocation-scene.ts'

let scene: RevocationScene

beforeAll(async () => {
  scene = await startRevocationScene()
}, 120_000)

afterAll(() => scene?.stop())

describe('L2, V28, V29: at three replicas, the next request is refused and what is open is cut', () => {
  it.each(revocationKinds)(
    'by %s',
    async (kind) => {
      const { ends } = await scene.trial(kind)
      expect(ends).toHaveLength(9)
    },
    120_000,
  )

  it('and how long it took is in the metrics', async () => {
    const replicas = scene.gateways.replicas.map(async ({ opsUrl }) =>
      (await fetch(`${opsUrl}/metrics`)).text(),
    )
    for (const text of await Promise.all(replicas)) {
      expect(text).toMatch(/dashgate_revocation_seconds_count\{kind="session"\} [1-9]/)
      expect(text).toMatch(/dashgate_revocation_seconds_count\{kind="access"\} [1-9]/)
    }
  })
})
