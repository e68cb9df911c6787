import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSession } from './session-answer.ts'

it('reads user, active tenant and its name', () => {
  expect(
    readSession({
      user: { email: 'actuary@kyros.test' },
      activeTenant: 'globex',
      tenants: [
        { id: 'acme-corp', displayName: 'Acme Corp' },
        { id: 'globex', displayName: 'Globex' },
      ],
    }),
  ).toEqual({ user: 'actuary@kyros.test', tenant: 'globex', tenantName: 'Globex' })
})

it('does without names', () => {
  expect(readSession({ user: 'a@b.test', activeTenant: 'globex', tenants: ['globex'] })).toEqual({
    user: 'a@b.test',
    tenant: 'globex',
    tenantName: undefined,
  })
})

it('takes any answer without a fault', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (answer) => {
      for (const value of Object.values(readSession(answer))) {
        expect(['string', 'undefined']).toContain(typeof value)
      }
    }),
  )
})
