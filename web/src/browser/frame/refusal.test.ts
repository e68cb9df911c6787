import { expect, it } from 'vitest'
import { meaningOf } from './refusal.ts'

const headers = (entries: Record<string, string>) => (name: string) => entries[name] ?? null

it('reads the end of the session and another tenant from the gateway’s own refusals', () => {
  expect(meaningOf(401, headers({ 'X-Gateway-Error': 'session_expired' }))).toEqual({
    type: 'dashgate:session-ended',
  })
  expect(meaningOf(409, headers({ 'X-Gateway-Error': 'tenant_mismatch' }))).toEqual({
    type: 'dashgate:tenant-mismatch',
  })
})

it.each([502, 503, 504])('reads %i of the gateway as a part that did not answer', (status) => {
  const answer = { 'X-Gateway-Error': 'app_unreachable', 'X-Request-Id': 'r1' }
  expect(meaningOf(status, headers(answer))).toEqual({
    type: 'dashgate:failed',
    scope: 'part',
    code: 'app_unreachable',
    requestId: 'r1',
  })
})

it.each([
  ['tenant_busy', 'tenant'],
  ['too_many_requests', 'person'],
])('X21: reads %s as too much asked by the %s', (code, whose) => {
  expect(meaningOf(429, headers({ 'X-Gateway-Error': code }))).toEqual({
    type: 'dashgate:busy',
    whose,
    waiting: false,
  })
})

it('reads nothing into an app’s own errors, or into an answer that is none', () => {
  for (const status of [401, 409, 429, 502, 503])
    expect(meaningOf(status, headers({}))).toBeUndefined()
  expect(meaningOf(200, headers({ 'X-Gateway-Error': 'session_expired' }))).toBeUndefined()
  expect(meaningOf(401, headers({ 'X-Gateway-Error': 'csrf' }))).toBeUndefined()
})
