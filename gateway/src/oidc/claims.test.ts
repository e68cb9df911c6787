import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GatewayError } from '../edge/gateway-error.ts'
import { principalFrom } from './claims.ts'

const names = { tenantId: 'tenant_id', role: 'role', email: 'email', tenants: 'tenants' }
const issuer = 'https://login.example'
const of = (claims: Record<string, unknown>, claimNames = names) =>
  principalFrom(claims, issuer, claimNames)

describe('principalFrom', () => {
  it('gives a viewer its own tenant and no other', () => {
    expect(
      of({ sub: 'u', role: 'viewer', tenant_id: 'acme-corp', email: 'a@b', tenants: ['globex'] }),
    ).toEqual({ issuer, sub: 'u', email: 'a@b', role: 'viewer', tenants: ['acme-corp'] })
  })

  it('gives staff all tenants, or those that a claim lists', () => {
    expect(of({ sub: 'u', role: 'admin' }).tenants).toBe('all')
    expect(of({ sub: 'u', role: 'admin', tenants: ['globex'] }).tenants).toEqual(['globex'])
    expect(of({ sub: 'u', role: 'admin', tenants: [] }).tenants).toEqual([])
  })

  it('reads the claims under the names that Azure AD B2C uses', () => {
    const b2c = { ...names, tenantId: 'extension_tenant_id', email: 'emails' }
    expect(
      of({ sub: 'u', role: 'viewer', extension_tenant_id: 'acme-corp', emails: ['a@b'] }, b2c),
    ).toMatchObject({ email: 'a@b', tenants: ['acme-corp'] })
  })

  it.each([
    ['no subject', { role: 'admin' }],
    ['no role', { sub: 'u', tenant_id: 'acme-corp' }],
    ['an unknown role', { sub: 'u', role: 'Admin' }],
    ['no tenant', { sub: 'u', role: 'viewer' }],
    ['a tenant that is no slug', { sub: 'u', role: 'viewer', tenant_id: '../globex' }],
    ['a list that is a text', { sub: 'u', role: 'admin', tenants: 'globex' }],
    ['a list with something odd in it', { sub: 'u', role: 'admin', tenants: ['globex', 7] }],
    [
      'a list too long for the cookie',
      { sub: 'u', role: 'admin', tenants: Array.from({ length: 17 }, (_, n) => `t${n}`) },
    ],
    ['an endless subject', { sub: 'u'.repeat(256), role: 'admin' }],
  ])('refuses %s', (_, claims) => {
    expect(() => of(claims)).toThrow(GatewayError)
  })

  it('never makes staff of anything but the exact role', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('sub', 'role', 'tenant_id', 'tenants', 'email', '__proto__'),
          fc.anything(),
        ),
        (claims) => {
          try {
            const principal = of(claims)
            if (principal.tenants === 'all' || principal.role === 'admin') {
              expect([claims['role']].flat()[0]).toBe('admin')
            }
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayError)
          }
        },
      ),
    )
  })
})
