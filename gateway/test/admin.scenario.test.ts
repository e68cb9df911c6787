import { describe, expect, it } from 'vitest'
import { operate, stack } from './support/stack.ts'

describe('the admin API', () => {
  it('creates and changes a tenant, and the same call twice changes nothing more', async () => {
    const body = { displayName: 'Umbrella', branding: { colors: { primary: '#aa0011' } } }
    const first = await operate('POST', '/admin/tenants/umbrella/metadata', body)
    const second = await operate('POST', '/admin/tenants/umbrella/metadata', body)
    expect([200, 201]).toContain(first.status)
    expect(second.status).toBe(200)
    expect(second.json).toMatchObject({ id: 'umbrella', displayName: 'Umbrella', status: 'active' })
    const assigned = await operate('POST', '/admin/tenants/umbrella/dashboards', [
      { slug: 'loss-development' },
      { slug: 'claims-monitor', position: 1, enabled: false },
    ])
    expect(assigned.json['dashboards']).toHaveLength(2)
    const seen = await operate('GET', '/admin/tenants/umbrella')
    expect(seen.json).toMatchObject({
      id: 'umbrella',
      dashboards: [{ slug: 'loss-development' }, { slug: 'claims-monitor', enabled: false }],
    })
    for (const slug of ['loss-development', 'claims-monitor', 'claims-monitor']) {
      expect((await operate('DELETE', `/admin/tenants/umbrella/dashboards/${slug}`)).status).toBe(
        204,
      )
    }
  })

  it.each([
    [
      '/admin/tenants/umbrella/metadata',
      { branding: { colors: { primary: 'red' } } },
      'branding.colors.primary',
    ],
    ['/admin/tenants/umbrella/metadata', { displayname: 'x' }, 'displayname'],
    ['/admin/tenants/acme-corp/dashboards', [{ slug: 'no-such-dashboard' }], '0.slug'],
    ['/admin/rotate-secret', { ring: 'all' }, 'ring'],
    ['/admin/sessions/revoke', {}, '(body)'],
  ])('names the field that is wrong: %s %o', async (path, body, field) => {
    const answer = await operate('POST', path, body)
    expect([answer.status, answer.type]).toEqual([422, 'application/problem+json'])
    expect(answer.json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ field }] })
    expect(answer.json['requestId']).toMatch(/^[0-9a-f]{32}$/)
  })

  it.each([
    '/admin/tenants/nobody',
    '/admin/tenants/..%2f',
    '/admin/dashboards/none',
    '/admin',
    '/',
  ])('answers 404 for %s', async (path) => {
    expect([400, 404]).toContain((await operate('GET', path)).status)
  })

  it('describes itself, and where the tokens come from that it takes', async () => {
    const { status, json } = await operate('GET', '/admin/openapi.json')
    expect([status, json]).toMatchObject([
      200,
      {
        openapi: '3.1.0',
        security: [{ clientCertificate: [] }, { clientCredentials: ['dashgate.admin'] }],
      },
    ])
    const { clientCredentials } = (
      json['components'] as {
        securitySchemes: { clientCredentials: { openIdConnectUrl: string } }
      }
    ).securitySchemes
    const provider = await fetch(clientCredentials.openIdConnectUrl)
    expect(await provider.json()).toMatchObject({
      issuer: stack.issuer,
      grant_types_supported: expect.arrayContaining(['client_credentials']),
    })
  })

  it('lists sessions without anything that could open one', async () => {
    const { json } = await operate('GET', '/admin/sessions?limit=500')
    expect(JSON.stringify(json)).not.toMatch(/refresh|secret|Fe26\./)
  })
})
