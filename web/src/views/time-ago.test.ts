import { expect, it } from 'vitest'
import { timeAgo } from './time-ago.ts'

const now = Date.UTC(2026, 10, 23, 12)

it.each([
  [-5, 'just now'],
  [0, 'just now'],
  [59, 'just now'],
  [60, '1 minute ago'],
  [3599, '59 minutes ago'],
  [3600, '1 hour ago'],
  [86_399, '23 hours ago'],
  [86_400, '1 day ago'],
  [40 * 86_400, '40 days ago'],
])('%i seconds ago is “%s”', (seconds, words) => {
  expect(timeAgo('en', now - seconds * 1000, now)).toBe(words)
})

it('is said in the language of the one who looks', () => {
  expect(timeAgo('de', now - 40 * 86_400_000, now)).toBe('vor 40 Tagen')
  expect(timeAgo('de', now - 60_000, now)).toBe('vor 1 Minute')
  expect(timeAgo('de', now, now)).toBe('gerade eben')
})
