import type { Assets, Brand, Page, Person } from '../src/views/page.ts'

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><path d="M4 28 20 4l16 24z" fill="#0b3d91"/><circle cx="48" cy="18" r="10" fill="#e8833a"/></svg>`

export const TENANTS: Record<string, Brand> = {
  'acme-corp': {
    tenantId: 'acme-corp',
    displayName: 'Acme Corp',
    primary: '#0b3d91',
    accent: '#e8833a',
    logo: `data:image/svg+xml;base64,${Buffer.from(LOGO).toString('base64')}`,
  },
  globex: { tenantId: 'globex', displayName: 'Globex', primary: '#f2b33d' },
  initech: { tenantId: 'initech', displayName: 'Initech', primary: '#0f766e' },
}

export const VIEWER: Person = { email: 'viewer@acme.test', role: 'viewer', canSwitch: false }
export const STAFF: Person = { email: 'actuary@kyros.test', role: 'admin', canSwitch: true }

export const DASHBOARDS = [
  {
    slug: 'loss-development',
    title: 'Loss development',
    description:
      'Triangles of paid and incurred losses, age-to-age factors and chain-ladder ultimates with their standard error.',
  },
  {
    slug: 'reserve-variability',
    title: 'Reserve variability',
    description: 'How far the reserve may move: a bootstrap of the triangle, by line of business.',
  },
  {
    slug: 'claims-monitor',
    title: 'Claims monitor',
    description: 'What has been reported and paid, as it comes in.',
  },
]

export function brandOf(tenant: string): Brand {
  const brand = TENANTS[tenant]
  if (brand === undefined) throw new Error(`No tenant ${tenant}`)
  return brand
}

export function pageOf(assets: Assets, nonce: string, returnPath: string): Page {
  const requestId = '0f8c2b6e-51d4-4a0e-9b7c-3f1e2d4a5b6c'
  return { nonce, assets, requestId, returnPath, language: 'en', theme: 'auto' }
}
