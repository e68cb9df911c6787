import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { withFragment } from './opening.ts'

const site = 'https://dash.example'
const href = (returnTo: string) =>
  `${site}/auth/return?return_to=${encodeURIComponent(returnTo)}&asked=1`
const returnToOf = (url: string) => new URL(url).searchParams.get('return_to')

it.each([
  ['#mack', '/dashboard/x/?lob=a&b=c#mack'],
  ['#a=1&return_to=/evil?#x', '/dashboard/x/?lob=a&b=c#a=1&return_to=/evil?#x'],
  ['#%C3%BC%20', '/dashboard/x/?lob=a&b=c#%C3%BC%20'],
  ['', '/dashboard/x/?lob=a&b=c'],
  ['#', '/dashboard/x/?lob=a&b=c'],
  ['#a\\b', '/dashboard/x/?lob=a&b=c'],
  [`#${'x'.repeat(2100)}`, '/dashboard/x/?lob=a&b=c'],
])('brings %j along as part of where to go: %s', (fragment, expected) => {
  const url = withFragment(href('/dashboard/x/?lob=a&b=c'), fragment)
  expect(returnToOf(url)).toBe(expected)
  expect(new URL(url).searchParams.get('asked')).toBe('1')
})

it('O2: leads nowhere else, whatever the fragment', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const url = new URL(withFragment(href('/dashboard/x/'), `#${text}`))
      expect([url.origin, url.pathname, [...url.searchParams.keys()]]).toEqual([
        site,
        '/auth/return',
        ['return_to', 'asked'],
      ])
    }),
  )
})
