import { describe, expect, it } from 'vitest'
import type { PreferenceOwner } from './preference.ts'
import { createWriteLimit } from './write-limit.ts'

const owner: PreferenceOwner = {
  tenantId: 'acme-corp',
  issuer: 'https://op',
  sub: 'u1',
  dashboard: 'loss-development',
}

function limitAt() {
  let clock = 0
  const limit = createWriteLimit(() => clock)
  const taken = (times: number, who = owner) =>
    Array.from({ length: times }, () => limit.take(who)).filter(Boolean).length
  return {
    taken,
    wait: (milliseconds: number) => {
      clock += milliseconds
    },
  }
}

describe('changes of one user', () => {
  it('are 120 at once, and then two a second', () => {
    const { taken, wait } = limitAt()
    expect(taken(500)).toBe(120)
    wait(499)
    expect(taken(5)).toBe(0)
    wait(1)
    expect(taken(5)).toBe(1)
    wait(10_000)
    expect(taken(500)).toBe(20)
    wait(3_600_000)
    expect(taken(500)).toBe(120)
  })

  it('count for all dashboards of the tenant together, and for nobody else', () => {
    const { taken } = limitAt()
    taken(120)
    expect(taken(1, { ...owner, dashboard: 'claims-monitor' })).toBe(0)
    expect(taken(1, { ...owner, sub: 'u2' })).toBe(1)
    expect(taken(1, { ...owner, issuer: 'https://other-op' })).toBe(1)
    expect(taken(1, { ...owner, tenantId: 'globex' })).toBe(1)
  })
})
