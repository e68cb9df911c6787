import { describe, expect, it } from 'vitest'
import type { Database } from '../db/client.ts'
import { exportedLines, exportFormats } from './audit-export.ts'

/** A log that has no end, and counts how often it is asked. */
function endlessLog() {
  let asked = 0
  const forPurpose = () => {
    asked += 1
    return Promise.resolve(Array.from({ length: 100 }, (_, n) => ({ id: asked * 100 + n })))
  }
  return { database: { forPurpose } as unknown as Database, asked: () => asked }
}

describe('exportedLines', () => {
  it('reads a batch when it is wanted, and none once nobody reads on', async () => {
    const { database, asked } = endlessLog()
    const format = exportFormats['application/x-ndjson']
    if (!format) throw new Error('there is no such format')
    const lines = exportedLines(database, format, undefined, Number.MAX_SAFE_INTEGER)
    expect(asked()).toBe(0)
    await lines.next()
    await lines.next()
    expect(asked()).toBe(2)
    await lines.return(undefined)
    expect(await lines.next()).toEqual({ done: true, value: undefined })
    expect(asked()).toBe(2)
  })
})
