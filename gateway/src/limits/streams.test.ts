import { describe, expect, it } from 'vitest'
import { createStreams } from './streams.ts'

const limits = {
  requestsPerMinute: 1,
  userRequestsPerMinute: 1,
  requestsAtOnce: 1,
  userRequestsAtOnce: 1,
  streams: 3,
  userStreams: 2,
}
const asker = (user: string, tenantId = 'acme') =>
  ({ tenantId, user, limits, importance: 'page' }) as const

describe('open streams (X21)', () => {
  it('are limited for each user and for each tenant, and given back once only', () => {
    const streams = createStreams()
    const first = streams.open(asker('ann'))
    streams.open(asker('ann'))
    expect(() => streams.open(asker('ann'))).toThrow(
      expect.objectContaining({ status: 429, code: 'too_many_requests' }),
    )
    streams.open(asker('bob'))
    expect(streams.openIfRoom(asker('cy'))).toBeUndefined()
    expect(() => streams.open(asker('cy'))).toThrow(
      expect.objectContaining({ status: 429, code: 'tenant_busy' }),
    )
    expect(streams.openIfRoom(asker('gil', 'globex'))).toBeDefined()
    first()
    first()
    expect(streams.openIfRoom(asker('cy'))).toBeDefined()
    expect(streams.openIfRoom(asker('cy'))).toBeUndefined()
  })
})
