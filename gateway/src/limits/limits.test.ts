import { describe, expect, it } from 'vitest'
import type { Tenant } from '../tenant/tenant.ts'
import { limitsByTenant } from './limits.ts'

const defaults = {
  requestsPerMinute: 100,
  userRequestsPerMinute: 50,
  requestsAtOnce: 8,
  userRequestsAtOnce: 4,
  streams: 20,
  userStreams: 10,
}
const tenant = (limits: Record<string, unknown>) =>
  ({ id: 'acme', limits }) as Partial<Tenant> as Tenant

describe('the limits of a tenant (X21)', () => {
  it('are those of the settings, but for what it has of its own', () => {
    const limitsOf = limitsByTenant(defaults, (id) =>
      id === 'acme' ? tenant({ requestsPerMinute: 7, userStreams: 1 }) : undefined,
    )
    expect(limitsOf('acme')).toEqual({ ...defaults, requestsPerMinute: 7, userStreams: 1 })
    expect(limitsOf('globex')).toEqual(defaults)
    expect(limitsOf(undefined)).toEqual(defaults)
  })

  it('are never what somebody has written into the row that is no limit', () => {
    for (const wrong of [0, -1, 1.5, '5', null, Number.NaN, {}]) {
      const limitsOf = limitsByTenant(defaults, () =>
        tenant({ requestsPerMinute: wrong, other: 1 }),
      )
      expect(limitsOf('acme')).toEqual(defaults)
    }
  })

  it('change as soon as the tenant has been read again', () => {
    let now = tenant({ streams: 1 })
    const limitsOf = limitsByTenant(defaults, () => now)
    expect(limitsOf('acme').streams).toBe(1)
    now = tenant({ streams: 2 })
    expect(limitsOf('acme').streams).toBe(2)
  })
})
