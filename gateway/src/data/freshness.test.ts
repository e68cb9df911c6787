import { describe, expect, it } from 'vitest'
import type { Dataset } from './datasets.ts'
import { createFreshness } from './freshness.ts'

const dataset = (hour: number): Dataset => ({
  name: 'claims',
  size: 1,
  etag: '"a"',
  lastModified: new Date(Date.UTC(2026, 10, 23, hour)),
})

/** A storage that answers when it is told to. */
function storage(answer: () => Promise<Dataset[]>) {
  const asked: string[] = []
  const faults: unknown[] = []
  let clock = 0
  const newestOf = createFreshness({
    list(prefix) {
      asked.push(prefix)
      return answer()
    },
    waitMs: 1,
    now: () => clock,
    onFault: (error) => faults.push(error),
  })
  return { newestOf, asked, faults, later: (ms: number) => (clock += ms) }
}

describe('how new a tenant’s data are', () => {
  it('is when the newest dataset was written, asked for once in a while and for each tenant', async () => {
    const { newestOf, asked, later } = storage(async () => [dataset(3), dataset(9), dataset(5)])
    expect(await newestOf('acme')).toEqual(dataset(9).lastModified)
    await newestOf('acme')
    await newestOf('globex')
    expect(asked).toEqual(['acme', 'globex'])
    later(60_000)
    await newestOf('acme')
    expect(asked).toEqual(['acme', 'globex', 'acme'])
  })

  it('is not waited for: a page says nothing, or what was known', async () => {
    const { promise, resolve } = Promise.withResolvers<Dataset[]>()
    let answer: () => Promise<Dataset[]> = () => promise
    const { newestOf, later } = storage(() => answer())
    expect(await newestOf('acme')).toBeUndefined()
    resolve([dataset(1)])
    await expect.poll(() => newestOf('acme')).toEqual(dataset(1).lastModified)
    later(60_000)
    answer = () => new Promise(() => {})
    expect(await newestOf('acme')).toEqual(dataset(1).lastModified)
  })

  it('is unknown where the storage fails, which is reported and not tried with each page', async () => {
    const { newestOf, asked, faults } = storage(() => Promise.reject(new Error('out of reach')))
    expect(await newestOf('acme')).toBeUndefined()
    expect(await newestOf('acme')).toBeUndefined()
    expect([asked.length, faults.length]).toEqual([1, 1])
  })
})
