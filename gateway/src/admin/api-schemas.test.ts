import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dashboardBody } from './dashboard-api.ts'
import { revokeBody } from './session-api.ts'
import { tenantMetadata, wantedAssignments } from './tenant-api.ts'

const fields = (
  schema: {
    safeParse(value: unknown): { success: boolean; error?: { issues: { path: PropertyKey[] }[] } }
  },
  value: unknown,
) => schema.safeParse(value).error?.issues.map((issue) => issue.path.join('.')) ?? 'accepted'

describe('tenant metadata', () => {
  it('takes name, status, branding and config, all of them optional', () => {
    expect(fields(tenantMetadata, {})).toBe('accepted')
    expect(
      fields(tenantMetadata, {
        displayName: 'Acme',
        status: 'suspended',
        branding: { logo: 'data:image/png;base64,AAAA', colors: { primary: '#0a7E8c' } },
        config: { a: [1] },
      }),
    ).toBe('accepted')
  })

  it.each([
    ['status', { status: 'gone' }],
    ['displayName', { displayName: '   ' }],
    ['branding.colors.primary', { branding: { colors: { primary: 'red;}body{display:none' } } }],
    ['branding.logo', { branding: { logo: 'https://evil.example/pixel.gif' } }],
    ['branding.logo', { branding: { logo: 'data:text/html;base64,AAAA' } }],
    ['branding.logo', { branding: { logo: `data:image/png;base64,${'A'.repeat(70_000)}` } }],
    ['', { storagePrefix: 'globex' }],
  ])('names the field %j that is wrong', (field, body) => {
    expect(fields(tenantMetadata, body)).toContain(field)
  })
})

describe('a dashboard', () => {
  it.each(['http://127.0.0.1:8051', 'https://app.internal/'])(
    'may be served by the origin %s',
    (appUrl) => {
      expect(dashboardBody.parse({ title: 'x', appUrl }).appUrl).toBe(appUrl.replace(/\/$/, ''))
    },
  )

  it.each([
    'file:///etc/passwd',
    'http://user:pw@host',
    'http://host/path',
    'http://host?x',
    'javascript:alert(1)',
    'http://a b',
    '',
  ])('is not served by %j', (appUrl) => {
    expect(fields(dashboardBody, { title: 'x', appUrl })).toContain('appUrl')
  })
})

describe('assignments', () => {
  it('name dashboards by slugs only, alone or in a list', () => {
    fc.assert(
      fc.property(fc.string(), (slug) => {
        const isSlug = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(slug)
        expect(wantedAssignments.safeParse({ slug }).success).toBe(isSlug)
        expect(wantedAssignments.safeParse([{ slug }]).success).toBe(isSlug)
      }),
    )
  })
})

describe('a revocation', () => {
  it('says whose sessions end, in exactly one way', () => {
    expect(revokeBody.safeParse({ sub: 'u' }).success).toBe(true)
    expect(revokeBody.safeParse({}).success).toBe(false)
    expect(revokeBody.safeParse({ sub: 'u', tenantId: 'acme-corp' }).success).toBe(false)
  })
})
