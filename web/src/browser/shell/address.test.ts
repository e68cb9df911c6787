import { expect, it } from 'vitest'
import { isWithin, titleFor } from './address.ts'

const acme = { tenant: 'acme-corp', tenantName: 'Acme Corp', user: 'v', canSwitch: false }

it('follows the app’s title, for whom it is', () => {
  expect(titleFor('Summary', 'Reserve variability', acme)).toBe('Summary · Acme Corp')
})

it.each(['', 'Dash', 'Updating...'])(
  'keeps the dashboard’s title while the app says %j',
  (title) => {
    expect(titleFor(title, 'Reserve variability', acme)).toBe('Reserve variability · Acme Corp')
  },
)

it('knows the paths of a dashboard from all others', () => {
  expect(isWithin('/dashboard/loss/page?x=1', 'loss')).toBe(true)
  for (const path of ['/', '/dashboard/loss-2/', '/dashboard/los', '//dashboard/loss/']) {
    expect(isWithin(path, 'loss')).toBe(false)
  }
})

it.each(['/../../logout', '/%2e%2e/%2E./logout', '/\\..\\..\\logout', '/\t../.\n./logout'])(
  'R10: is not taken in by %j, which leads out of the dashboard',
  (rest) => {
    expect(isWithin(`/dashboard/loss${rest}`, 'loss')).toBe(false)
    expect(isWithin(`/dashboard/loss${rest}`, 'loss/..')).toBe(false)
  },
)
