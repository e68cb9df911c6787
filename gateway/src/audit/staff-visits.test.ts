import { describe, expect, it } from 'vitest'
import { type StaffLine, visitsOf } from './staff-visits.ts'

let minute = 0
const line = (actor: string, more: Partial<StaffLine>): StaffLine => ({
  at: new Date(Date.UTC(2026, 10, 23, 12, (minute += 1))),
  action: 'dashboard.opened',
  actor,
  actorEmail: `${actor}@kyros.test`,
  dashboard: null,
  requestId: `r${minute}`,
  reason: null,
  ...more,
})
const chose = (actor: string, reason: string | null = null) =>
  line(actor, { action: 'tenant.switched', reason })
const opened = (actor: string, dashboard: string) => line(actor, { dashboard })
const shown = (lines: StaffLine[]) =>
  visitsOf(lines.toReversed()).map(({ actor, reason, dashboards, isBeginning }) =>
    [actor, reason, [...dashboards].join('+'), isBeginning].join(' '),
  )

describe('visits of staff', () => {
  it('have the dashboards that were opened until the same person chose again', () => {
    const lines = [
      chose('ann', 'Review'),
      opened('ann', 'b'),
      chose('bob'),
      opened('ann', 'a'),
      opened('bob', 'a'),
      opened('ann', 'b'),
      chose('ann', 'Again'),
    ]
    expect(shown(lines)).toEqual(['ann Again  true', 'bob  a true', 'ann Review b+a true'])
  })

  it('are there without a beginning, too, or an opening would go unseen', () => {
    expect(shown([opened('ann', 'a'), opened('ann', 'b')])).toEqual(['ann  a+b false'])
  })

  it('are none without lines', () => {
    expect(visitsOf([])).toEqual([])
  })
})
