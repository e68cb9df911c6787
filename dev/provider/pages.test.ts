import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { contentSecurityPolicy, escapeHtml, messagePage, signInPage, signOutPage } from './pages.ts'

describe('escapeHtml', () => {
  it('leaves nothing that could begin a tag, an entity or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text).replaceAll(/&#\d+;/g, '')).not.toMatch(/[<>"'&]/)
      }),
    )
  })
})

describe('signInPage', () => {
  it('shows a wrong account again as text', () => {
    const html = signInPage({ action: '/interaction/1', login: '"><script>', fault: 'No.' })
    expect(html).not.toContain('"><script>')
    expect(html).toContain('role="alert">No.')
  })

  it('has the two fields of a plain form', () => {
    const html = signInPage({ action: '/interaction/1' })
    expect(html).toMatch(/<input id="login" name="login"/)
    expect(html).toMatch(/<input id="password" name="password" type="password"/)
  })
})

describe('signOutPage', () => {
  it('confirms in the place of the person', () => {
    const html = signOutPage('<form id="op.logoutForm" method="post" action="/x"></form>')
    expect(html).toContain('name="logout" value="yes"></form>')
  })
})

describe('contentSecurityPolicy', () => {
  it('lets forms lead to the gateway and allows no script without its hash', () => {
    const policy = contentSecurityPolicy('http://localhost:8080')
    expect(policy).toContain("form-action 'self' http://localhost:8080")
    expect(policy).toMatch(/script-src 'sha256-[^']+';/)
    expect(policy).not.toContain('unsafe')
  })
})

it('escapes what a message says', () => {
  expect(messagePage('Fault', '<b>')).toContain('&#60;b&#62;')
})
