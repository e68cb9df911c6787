import { beforeAll, describe, expect, it } from 'vitest'
import { recordStory, type StoryRecording } from '../test-support/release-recording.ts'

/** Everything that a gateway does, once, with two gateways on three server connections. */
let story: StoryRecording

beforeAll(async () => {
  story = await recordStory({ poolSize: 3 })
}, 120_000)

describe('two gateways behind PgBouncer in transaction mode', () => {
  it('do all that they do: sign in, open, save, switch, refresh, manage, rotate, sign out', () => {
    expect(story.unused, 'the story of test/support/release-story.ts uses each right').toEqual([])
  })

  it('say nothing that would stay behind on a connection, and prepare nothing', () => {
    const lasting =
      /^\s*(set|reset|prepare|deallocate|declare|listen|unlisten|discard|load)\b|pg_advisory_lock\(|temp/i
    const statements = [...new Set(story.transactions.flat().map(({ sql }) => sql))]

    expect(statements.length).toBeGreaterThan(30)
    expect(statements.filter((sql) => lasting.test(sql))).toEqual([])
  })

  it('hear of changes past it, and report no error', () => {
    expect(story.log).toMatch(/"ready"/)
    expect(story.log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})
