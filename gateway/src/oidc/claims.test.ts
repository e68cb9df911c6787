import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { personKey } from '../session/principal.ts'
import { principalFrom } from './claims.ts'
import { SignInRefusal } from './refusals.ts'

const names = { tenantId: 'tenant_id', role: 'role', email: 'email', tenants: 'tenants' }
const issuer = 'https://login.example'
const of = (claims: Record<string, unknown>, claimNames = names) =>
  principalFrom(claims, issuer, claimNames)

function refusalOf(claims: Record<string, unknown>): SignInRefusal {
  try {
    of(claims)
  } catch (error) {
    if (error instanceof SignInRefusal) return error
    throw error
  }
  throw new Error('it was let in')
}

describe('principalFrom', () => {
  it('gives a viewer its own tenant and no other', () => {
    expect(
      of({ sub: 'u', role: 'viewer', tenant_id: 'acme-corp', email: 'a@b', tenants: ['globex'] }),
    ).toEqual({ issuer, sub: 'u', email: 'a@b', role: 'viewer', tenants: ['acme-corp'] })
  })

  it.each([
    'viewer@globex.test@acme.test',
    '"viewer@globex.test"@acme.test',
    'viewer@globex.test(@acme.test)',
    'viewer@ａcme.test',
    'viewer@globex.test',
    '@',
  ])('V6, V46: decides nothing by an e-mail address: %s', (email) => {
    const viewer = { role: 'viewer', tenant_id: 'acme-corp' }
    const plain = of({ ...viewer, sub: 'u', email: 'viewer@acme.test' })
    const odd = of({ ...viewer, sub: 'u', email })
    expect({ ...odd, email: '' }).toEqual({ ...plain, email: '' })
    expect(personKey(odd)).toBe(personKey(plain))
    // The same address of another account, or of another issuer, is another person.
    expect(personKey(of({ ...viewer, sub: 'v', email }))).not.toBe(personKey(odd))
    const elsewhere = principalFrom({ ...viewer, sub: 'u', email }, 'https://other', names)
    expect(personKey(elsewhere)).not.toBe(personKey(odd))
  })

  it('gives staff all tenants, or those that a claim lists', () => {
    expect(of({ sub: 'u', role: 'admin' }).tenants).toBe('all')
    expect(of({ sub: 'u', role: 'admin', tenants: ['globex'] }).tenants).toEqual(['globex'])
    expect(of({ sub: 'u', role: 'admin', tenants: [] }).tenants).toEqual([])
  })

  it('reads the claims under the names and in the shapes of Azure AD B2C', () => {
    const b2c = {
      tenantId: 'extension_tenant_id',
      role: 'extension_role',
      email: 'emails',
      tenants: 'extension_tenants',
    }
    const viewer = {
      sub: 'u',
      extension_role: 'viewer',
      extension_tenant_id: 'acme-corp',
      emails: ['a@b', 'c@d'],
    }
    expect(of(viewer, b2c)).toMatchObject({ email: 'a@b', tenants: ['acme-corp'] })
    const staff = { sub: 'u', extension_role: 'admin', extension_tenants: 'acme-corp, globex' }
    expect(of(staff, b2c).tenants).toEqual(['acme-corp', 'globex'])
  })

  it('takes the one known role out of a list of roles', () => {
    const roles = (...list: unknown[]) => of({ sub: 'u', role: list, tenant_id: 'acme-corp' }).role
    expect(roles('viewer')).toBe('viewer')
    expect(roles('Orders.Read', 'admin', 7)).toBe('admin')
  })

  it.each([
    ['no subject', 'no_subject', { role: 'admin' }],
    ['an endless subject', 'no_subject', { sub: 'u'.repeat(256), role: 'admin' }],
    ['no role', 'no_role', { sub: 'u', tenant_id: 'acme-corp' }],
    ['an unknown role', 'no_role', { sub: 'u', role: 'Admin' }],
    ['a list of unknown roles', 'no_role', { sub: 'u', role: ['Admin', 'admin '] }],
    ['both roles', 'several_roles', { sub: 'u', role: ['viewer', 'admin'] }],
    ['no tenant', 'no_tenant', { sub: 'u', role: 'viewer' }],
    ['a tenant that is no slug', 'no_tenant', { sub: 'u', role: 'viewer', tenant_id: '../globex' }],
    [
      'two tenants',
      'several_tenants',
      { sub: 'u', role: 'viewer', tenant_id: ['acme-corp', 'globex'] },
    ],
    ['an empty text for a list', 'unreadable_tenants', { sub: 'u', role: 'admin', tenants: '' }],
    ['a text with odd names', 'unreadable_tenants', { sub: 'u', role: 'admin', tenants: 'a,../b' }],
    [
      'a list with something odd in it',
      'unreadable_tenants',
      { sub: 'u', role: 'admin', tenants: ['globex', 7] },
    ],
    ['a list that is none', 'unreadable_tenants', { sub: 'u', role: 'admin', tenants: null }],
    [
      'a list too long for the cookie',
      'unreadable_tenants',
      { sub: 'u', role: 'admin', tenants: Array.from({ length: 17 }, (_, n) => `t${n}`) },
    ],
    [
      'an endless address',
      'email_too_long',
      { sub: 'u', role: 'viewer', tenant_id: 'acme-corp', email: 'a'.repeat(255) },
    ],
  ])('refuses %s and says why', (_, reason, claims) => {
    const fault = refusalOf(claims)
    expect(fault).toMatchObject({ status: 403, code: 'claims_unusable', reason })
    // What the claims said is for nobody's screen but their owner's.
    expect(fault.message).not.toMatch(/globex|acme|\.\.|Admin/)
  })

  it('never makes staff of anything but the exact role, nor lifts a limit that it cannot read', () => {
    const word = fc.oneof(
      fc.constantFrom('admin', 'viewer', 'Admin', 'acme-corp', ''),
      fc.anything(),
    )
    const value = fc.oneof(word, fc.array(word, { maxLength: 3 }))
    const name = fc.constantFrom('sub', 'role', 'tenant_id', 'tenants', 'email', '__proto__')
    fc.assert(
      fc.property(fc.dictionary(name, value), (claims) => {
        try {
          const principal = of({ sub: 'u', ...claims })
          const roles = [claims['role']].flat()
          expect(roles).toContain(principal.role)
          expect(roles).not.toContain(principal.role === 'admin' ? 'viewer' : 'admin')
          if (principal.tenants === 'all') expect(claims['tenants']).toBeUndefined()
        } catch (error) {
          if (error instanceof SignInRefusal) return
          throw error
        }
      }),
      { numRuns: 2000 },
    )
  })
})
