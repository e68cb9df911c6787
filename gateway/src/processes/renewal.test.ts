import { describe, expect, it } from 'vitest'
import type { createLogger } from '../observability/logger.ts'
import { renewAll, type Renewals } from './renewal.ts'

async function lineOf(renewals: Renewals): Promise<unknown> {
  const said: unknown[] = []
  const say = (message: unknown, facts: unknown) => void said.push([message, facts])
  await renewAll(renewals, { info: say, error: say } as unknown as ReturnType<typeof createLogger>)
  expect(said).toHaveLength(1)
  return said[0]
}

describe('what is read again on SIGHUP', () => {
  it('is said in one line', async () => {
    const renewals = { keys: async () => {}, apps: async () => {} }
    expect(await lineOf(renewals)).toEqual(['read again', { renewed: ['apps', 'keys'] }])
  })

  it('X19: stays as it was where it cannot be read, and the rest is read', async () => {
    const keys = () => Promise.reject(new Error('no such file'))
    expect(await lineOf({ keys, apps: async () => {} })).toEqual([
      'not all could be read again: the rest stays as it was',
      { renewed: ['apps'], kept: { keys: 'Error: no such file' } },
    ])
  })
})
