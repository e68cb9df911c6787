import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../session/principal.ts'
import type { Dashboard, Tenant } from '../tenant/tenant.ts'
import { authorize, type Assignments } from './authorize.ts'

const tenant = (id: string, status: Tenant['status'] = 'active'): Tenant => ({
  id,
  displayName: id,
  status,
  branding: {},
  storagePrefix: id,
  config: {},
  limits: {},
})
const dashboard = (slug: string): Dashboard => ({
  slug,
  title: slug,
  description: '',
  appUrl: 'http://127.0.0.1:1',
  replicaUrls: [],
  defaultConfig: {},
  configSchema: null,
})

const tenants = new Map(
  [tenant('acme'), tenant('globex'), tenant('gone', 'suspended')].map((one) => [one.id, one]),
)
const assigned: Record<string, Dashboard[]> = {
  acme: [dashboard('loss'), dashboard('claims')],
  globex: [dashboard('loss')],
  gone: [dashboard('loss')],
}
const directory: Assignments = {
  tenant: (id) => tenants.get(id),
  dashboardsOf: (id) => assigned[id] ?? [],
}

const viewer = (of: string): Principal => ({
  issuer: 'i',
  sub: 'u',
  email: '',
  role: 'viewer',
  tenants: [of],
})
const staff: Principal = { issuer: 'i', sub: 's', email: '', role: 'admin', tenants: 'all' }

describe('authorize', () => {
  it('lets a viewer see the dashboards of its tenant', () => {
    expect(authorize(viewer('acme'), 'acme', 'claims', directory)).toMatchObject({
      allowed: true,
      dashboard: { slug: 'claims' },
    })
  })

  it.each([
    ['a dashboard of another tenant', viewer('globex'), 'globex', 'claims', 'not_assigned'],
    ['a dashboard that does not exist', viewer('acme'), 'acme', 'nothing', 'not_assigned'],
    ['a slug of nonsense', viewer('acme'), 'acme', '../loss', 'malformed_slug'],
    ['another tenant', viewer('acme'), 'globex', 'loss', 'foreign_tenant'],
    ['a suspended tenant', viewer('gone'), 'gone', 'loss', 'suspended_tenant'],
    ['a suspended tenant, for staff', staff, 'gone', 'loss', 'suspended_tenant'],
    ['an unknown tenant', staff, 'unknown', 'loss', 'unknown_tenant'],
    ['no tenant', staff, '', 'loss', 'unknown_tenant'],
  ] as const)('refuses %s', (_, principal, tenantId, slug, reason) => {
    expect(authorize(principal, tenantId, slug, directory)).toEqual({ allowed: false, reason })
  })

  it('never shows a viewer anything for a tenant that is not its own', () => {
    const id = fc.constantFrom('acme', 'globex', 'gone', 'unknown', '')
    fc.assert(
      fc.property(id, id, fc.constantFrom('loss', 'claims', 'x', ''), (own, wanted, slug) => {
        const decision = authorize(viewer(own), wanted, slug, directory)
        if (decision.allowed) {
          expect(wanted).toBe(own)
          expect(decision.tenant.id).toBe(own)
          expect(assigned[own]).toContainEqual(decision.dashboard)
        }
      }),
    )
  })
})
