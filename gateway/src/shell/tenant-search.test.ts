import { describe, expect, it } from 'vitest'
import type { TenantChoice } from '../tenant/tenant.ts'
import { searchTenants } from './tenant-search.ts'

const tenant = (id: string, displayName: string): TenantChoice => ({
  id,
  displayName,
  status: 'active',
  branding: {},
})
const few = [
  tenant('acme-corp', 'Acme Corp'),
  tenant('globex', 'Globex'),
  tenant('macme', 'Macmée Søn'),
  tenant('old-re', 'Old Re'),
]
const many = Array.from({ length: 5000 }, (_, i) => tenant(`t-${i}`, `Insurer ${i}`))
const ids = (query: string) => searchTenants(few, query, 1).tenants.map(({ id }) => id)

describe('the search of tenants', () => {
  it.each([
    ['', ['acme-corp', 'globex', 'macme', 'old-re']],
    ['GLOB', ['globex']],
    ['acme', ['acme-corp', 'macme']],
    ['corp ac', ['acme-corp']],
    ['macmee', ['macme']],
    ['old-re', ['old-re']],
    ['nobody', []],
    ['.*', []],
  ])('finds by %j', (query, expected) => expect(ids(query)).toEqual(expected))

  it('shows thousands in pages, and finds one among them', () => {
    const { tenants, total, pages } = searchTenants(many, '', 1)
    expect([tenants.length, total, pages]).toEqual([24, 5000, 209])
    expect(searchTenants(many, '', 209).tenants).toHaveLength(8)
    expect(searchTenants(many, 't-4321', 1).tenants.map(({ id }) => id)).toEqual(['t-4321'])
  })

  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [1.9, 1],
    [1e9, 209],
    [Number.POSITIVE_INFINITY, 209],
  ])('takes page %d for page %d', (asked, shown) => {
    expect(searchTenants(many, '', asked).page).toBe(shown)
  })
})
