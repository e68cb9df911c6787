import { expect, it } from 'vitest'
import { importanceOf } from './importance.ts'

const path = '/dashboard/claims-monitor/_dash-update-component'
const signed = `~${'a'.repeat(64)}`

it.each([
  ['poll', path, `?cacheKey=k${signed}&job=j${signed}`],
  ['poll', path, `?x-dashgate-tenant=acme-corp&cacheKey=k${signed}`],
  ['callback', path, ''],
  ['callback', path, `?oldJob=j${signed}`],
  ['callback', path, `?cancelJob=j${signed}`],
  ['page', '/dashboard/claims-monitor/', '?cacheKey=1'],
  ['page', '/dashboard/claims-monitor/assets/a.js', ''],
  ['page', '/api/preferences/claims-monitor/lines', ''],
])('X21: takes for a %s: %s%s', (importance, pathOf, query) => {
  expect(importanceOf({ path: pathOf, query })).toBe(importance)
})
