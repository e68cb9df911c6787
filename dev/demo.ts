/** Who and what the demo shows: accounts, tenants, dashboards. Everything here is fictional. */

import { assignmentConfig, settingsOf, tenantConfig } from './demo-config.ts'
import { logoOf } from './demo-logos.ts'

export const password = 'demo'

export interface Account {
  login: string
  password: string
  /** Claims of the ID token, beside `sub` and `email`. */
  claims: { role: 'viewer' | 'admin'; tenant_id?: string; tenants?: string[] }
}

export const accounts: readonly Account[] = [
  { login: 'viewer@acme.test', password, claims: { role: 'viewer', tenant_id: 'acme-corp' } },
  { login: 'viewer@globex.test', password, claims: { role: 'viewer', tenant_id: 'globex' } },
  { login: 'viewer@initech.test', password, claims: { role: 'viewer', tenant_id: 'initech' } },
  // No tenants claim: staff who may act for every tenant.
  { login: 'actuary@kyros.test', password, claims: { role: 'admin' } },
]

export interface DemoTenant {
  id: string
  displayName: string
  branding: { displayName: string; logo: string; colors: { primary: string } }
  dashboards: readonly string[]
  config: object
  /** By slug, over the tenant's own. */
  assignmentConfig: Readonly<Record<string, object>>
}

const settings = (id: keyof typeof tenantConfig) => ({
  config: tenantConfig[id],
  assignmentConfig: assignmentConfig[id] ?? {},
})

const brand = (id: Parameters<typeof logoOf>[0], displayName: string, primary: string) => ({
  displayName,
  logo: logoOf(id),
  colors: { primary },
})

export const tenants: readonly DemoTenant[] = [
  {
    id: 'acme-corp',
    displayName: 'Acme Corp',
    branding: brand('acme-corp', 'Acme Corp', '#0b5fa5'),
    dashboards: ['loss-development', 'reserve-variability', 'claims-monitor'],
    ...settings('acme-corp'),
  },
  {
    id: 'globex',
    displayName: 'Globex',
    branding: brand('globex', 'Globex', '#7a3e9d'),
    dashboards: ['loss-development', 'claims-monitor'],
    ...settings('globex'),
  },
  {
    id: 'initech',
    displayName: 'Initech',
    branding: brand('initech', 'Initech', '#0f766e'),
    dashboards: ['loss-development'],
    ...settings('initech'),
  },
]

export interface DemoDashboard {
  slug: string
  title: string
  description: string
  server: 'gunicorn' | 'uvicorn'
  configSchema: object
  defaultConfig: object
}

/** In the order of their ports, from DASH_PORT on. */
export const dashboards: readonly DemoDashboard[] = [
  {
    slug: 'loss-development',
    title: 'Loss development',
    description: 'Triangles, age-to-age factors and chain-ladder ultimates with their error',
    server: 'gunicorn',
    ...settingsOf['loss-development'],
  },
  {
    slug: 'reserve-variability',
    title: 'Reserve variability',
    description: 'How far the reserve may be off: a bootstrap of the triangles',
    server: 'gunicorn',
    ...settingsOf['reserve-variability'],
  },
  {
    slug: 'claims-monitor',
    title: 'Claims monitor',
    description: 'Claims as they arrive, live',
    server: 'uvicorn',
    ...settingsOf['claims-monitor'],
  },
]
