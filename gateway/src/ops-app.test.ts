import { describe, expect, it } from 'vitest'
import { createOpsApp } from './ops-app.ts'
import { readinessOf, type ReadinessSources } from './processes/readiness.ts'

type Problem = { readonly message: string; readonly isBehind: boolean }

async function readiness(
  problem?: Problem,
  ready = () => Promise.resolve(),
  hears = true,
  changes: Partial<ReadinessSources> = {},
) {
  const metrics = { contentType: 'text/plain', expose: () => Promise.resolve('') }
  const known = { ready, keyProblem: () => problem, hearsChanges: () => hears }
  const sources = { isStopping: () => false, ...known, ...changes }
  const app = createOpsApp({ metrics, readiness: () => readinessOf(sources) })
  const answer = await app.request('/readyz')
  return [answer.status, await answer.text()]
}

describe('GET /readyz', () => {
  it('says ok', async () => {
    expect(await readiness()).toEqual([200, 'ok\n'])
  })

  it('says no to a balancer before the gateway stops taking requests', async () => {
    const stopping = { isStopping: () => true }
    expect(await readiness(undefined, undefined, true, stopping)).toEqual([
      503,
      'not ready: stopping\n',
    ])
  })

  it('says what is wrong with keys that the gateway can do without', async () => {
    const problem = { message: 'k1 is damaged', isBehind: false }
    expect(await readiness(problem)).toEqual([200, 'ok, but: k1 is damaged\n'])
  })

  it('says that notifications do not arrive, beside what is wrong with keys', async () => {
    const ready = () => Promise.resolve()
    const problem = { message: 'k1 is damaged', isBehind: false }
    const remark = 'notifications of the database do not arrive'
    expect(await readiness(undefined, ready, false)).toEqual([200, `ok, but: ${remark}\n`])
    expect(await readiness(problem, ready, false)).toEqual([
      200,
      `ok, but: k1 is damaged; ${remark}\n`,
    ])
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
