import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { visitReason } from './visit-reason.ts'

it.each([
  [[], undefined],
  [['', '   '], undefined],
  [['', 'Support request'], 'Support request'],
  [['  Renewal\r\n2027\u0000 '], 'Renewal 2027'],
  [['\u202Etxt.exe'], 'txt.exe'],
  [['x'.repeat(500)], 'x'.repeat(200)],
])('of %j is %j', (fields, reason) => {
  expect(visitReason(fields)).toBe(reason)
})

it('is one short line of whole characters, whatever is sent', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (fields) => {
      const reason = visitReason(fields)
      expect(Array.from(reason ?? '').length).toBeLessThanOrEqual(200)
      expect(reason ?? '').not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
    }),
  )
})
