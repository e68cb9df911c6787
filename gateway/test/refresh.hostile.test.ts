import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  startRefreshScene,
  type RefreshScene,
  type SoakResult,
  type SoakState,
} from './support/refresh-scene.ts'

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10)
const killEverySeconds = 60

let scene: RefreshScene

beforeAll(async () => {
  scene = await startRefreshScene()
}, 120_000)

afterAll(() => scene?.stop())

/** Nobody noticed anything. */
function expectUndisturbed(soak: SoakResult): void {
  const { refused, ended, signOuts, usedTwice, refreshes, sessions } = soak
  expect({ refused, ended, signOuts, usedTwice }).toEqual({
    refused: [],
    ended: [],
    signOuts: 0,
    usedTwice: 0,
  })
  expect(refreshes).toBeGreaterThanOrEqual(sessions)
}

/** After its time, and not before each session has been refreshed: a busy machine is slow. */
const isDone = ({ seconds, refreshes }: SoakState) => seconds > minutes * 60 && refreshes >= 9

describe('O6: access tokens of a minute with rotating refresh tokens, at three gateways', () => {
  it(
    'sign nobody out and refuse nothing, and each refresh token is used once',
    async () => {
      const soak = await scene.soak({ isDone })
      expectUndisturbed(soak)
      expect(soak.afterKill).toBe(0)
    },
    (minutes + 5) * 60_000,
  )

  it(
    'X8: do no more when a replica is killed and started again every minute',
    async () => {
      // As much as Okta gives; a provider that gives none ends a session that is hit, see SECURITY.md.
      scene.provider.state.reuseSeconds = 30
      expectUndisturbed(
        await scene.soak({
          isDone: (soak) => isDone(soak) && soak.kills > 0,
          isKillDue: ({ seconds, kills }) => seconds > (kills + 0.5) * killEverySeconds,
        }),
      )
      expect(scene.crashes).toEqual([])
    },
    (minutes + 5) * 60_000,
  )
})
