import { describe, expect, it } from 'vitest'
import { createOpsApp } from './ops-app.ts'

type Problem = { readonly message: string; readonly isBehind: boolean }

async function readiness(problem?: Problem, ready = () => Promise.resolve()) {
  const metrics = { contentType: 'text/plain', expose: () => Promise.resolve('') }
  const app = createOpsApp({ metrics, ready, keyProblem: () => problem })
  const answer = await app.request('/readyz')
  return [answer.status, await answer.text()]
}

describe('GET /readyz', () => {
  it('says ok', async () => {
    expect(await readiness()).toEqual([200, 'ok\n'])
  })

  it('says what is wrong with keys that the gateway can do without', async () => {
    const problem = { message: 'k1 is damaged', isBehind: false }
    expect(await readiness(problem)).toEqual([200, 'ok, but: k1 is damaged\n'])
  })

  it('says no while others may use a key that the gateway cannot read', async () => {
    const problem = { message: 'k1 is damaged', isBehind: true }
    expect(await readiness(problem)).toEqual([503, 'not ready: k1 is damaged\n'])
  })

  it('says no without the database', async () => {
    expect(await readiness(undefined, () => Promise.reject(new Error('secret detail')))).toEqual([
      503,
      'not ready: the database does not answer\n',
    ])
  })
})
