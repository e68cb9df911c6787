import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

describe('POST /admin/tenants/{id}/metadata', () => {
  const path = '/admin/tenants/umbrella/metadata'
  const logo = `data:image/png;base64,${Buffer.from('png').toString('base64')}`
  const body = {
    displayName: 'Umbrella Re',
    branding: { displayName: 'Umbrella', logo, colors: { primary: '#aa0011' } },
    config: { currency: 'EUR' },
    limits: { requestsPerMinute: 600, userStreams: 5 },
  }

  it('makes a tenant whose data lie under its id', async () => {
    const answer = await send('POST', path, body)
    expect([answer.status, answer.json]).toMatchObject([
      201,
      { id: 'umbrella', status: 'active', ...body },
    ])
    const [row] = await api.owner`select storage_prefix from tenants where id = 'umbrella'`
    expect(row).toEqual({ storage_prefix: 'umbrella' })
  })

  it('changes what was sent and leaves the rest', async () => {
    await send('POST', path, body)
    const answer = await send('POST', path, { status: 'suspended' })
    expect([answer.status, answer.json]).toMatchObject([200, { ...body, status: 'suspended' }])
  })

  it('gives the same answer when it is sent again, at once or later, and is recorded once', async () => {
    const twice = await Promise.all([send('POST', path, body), send('POST', path, body)])
    const third = await send('POST', path, body)
    const answers = [...twice, third]
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { json } of answers) expect(json).toEqual(third.json)
    expect(third.json).toMatchObject({ id: 'umbrella', ...body })
    expect(await auditLines()).toHaveLength(1)
  })

  it('takes a value that JSON writes in another way for the same', async () => {
    await send('POST', path, { config: { a: 1, b: [{ c: 0 }] } })
    await send('POST', path, '{"config":{"b":[{"c":-0.0}],"a":1.0e0}}')
    expect(await auditLines()).toHaveLength(1)
  })

  it.each<[unknown, string]>([
    [{ displayName: '' }, 'displayName'],
    [{ displayName: 'x'.repeat(101) }, 'displayName'],
    [{ displayName: 'a\u0000b' }, 'displayName'],
    [{ displayName: 'a\u{d800}' }, 'displayName'],
    [{ status: 'deleted' }, 'status'],
    [{ branding: { colors: { primary: '#fff' } } }, 'branding.colors.primary'],
    [{ branding: { colors: { primary: 'red;}' } } }, 'branding.colors.primary'],
    [{ branding: { logo: 'https://elsewhere/logo.png' } }, 'branding.logo'],
    [{ branding: { logo: 'data:text/html;base64,PGI+' } }, 'branding.logo'],
    [{ branding: { logo: 'data:image/png;base64,"><script>' } }, 'branding.logo'],
    [{ branding: { logo: `${logo}${'A'.repeat(64 * 1024)}` } }, 'branding.logo'],
    [{ branding: { displayName: 'x'.repeat(101) } }, 'branding.displayName'],
    [{ config: [] }, 'config'],
    [{ config: { a: '\u0000' } }, 'config'],
    [{ config: { '\u0000': 1 } }, 'config'],
    [{ limits: { requestsPerMinute: 0 } }, 'limits.requestsPerMinute'],
    [{ limits: { requestsAtOnce: 1.5 } }, 'limits.requestsAtOnce'],
    [{ limits: { requestsPerHour: 5 } }, 'limits.requestsPerHour'],
    [{ limits: [] }, 'limits'],
    [{ storagePrefix: 'globex' }, 'storagePrefix'],
    [{ id: 'globex' }, 'id'],
    [{ branding: { colors: { accent: 'url(//evil.example)' } } }, 'branding.colors.accent'],
    [{ branding: { colors: { secondary: '#aabbcc' } } }, 'branding.colors.secondary'],
    [[], '(body)'],
    [null, '(body)'],
  ])('refuses %j and names %s', async (wrong, field) => {
    const answer = await send('POST', path, wrong)
    expect([answer.status, answer.type]).toEqual([422, 'application/problem+json'])
    expect(answer.json).toMatchObject({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      code: 'invalid_input',
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(answer.json['errors']).toMatchObject([{ field }])
    expect(await auditLines()).toHaveLength(0)
  })

  it('refuses what is no JSON, too much of it, or too deep', async () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    expect((await send('POST', path, '{')).json).toMatchObject({
      status: 400,
      code: 'malformed_json',
    })
    expect((await send('POST', path, `{"config":${deep}}`)).status).toBe(422)
    expect((await send('POST', path, body, { type: 'text/plain' })).status).toBe(415)
    const huge = await send('POST', path, { config: { a: 'x'.repeat(300_000) } })
    expect(huge.json).toMatchObject({ status: 413, code: 'body_too_large' })
  })

  it.each(['Umbrella', '..%2fglobex', '-a', 'a'.repeat(64), '%00'])(
    'makes no tenant %s',
    async (id) => {
      const answer = await send('POST', `/admin/tenants/${id}/metadata`, {})
      expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field: 'id' }]])
      expect(await api.owner`select 1 from tenants`).toHaveLength(2)
    },
  )
})

describe('GET /admin/tenants', () => {
  it('has all that was said of each, but for where its data lie', async () => {
    const list = await send('GET', '/admin/tenants')
    expect(list.json).toMatchObject({
      tenants: [{ id: 'acme-corp', displayName: 'Acme Corp' }, { id: 'globex' }],
      nextCursor: null,
    })
    expect(list.text).not.toContain('storagePrefix')
  })

  it('is 404 for one that does not exist, and names the parameter', async () => {
    const answer = await send('GET', '/admin/tenants/nobody')
    expect([answer.status, answer.json]).toMatchObject([
      404,
      { code: 'not_found', errors: [{ field: 'id' }] },
    ])
  })
})

describe('POST /admin/tenants/{id}/dashboards', () => {
  const path = '/admin/tenants/globex/dashboards'

  it('assigns one or several, and says what the tenant has now', async () => {
    await send('DELETE', '/admin/tenants/globex/dashboards/claims-monitor')
    const one = await send('POST', path, { slug: 'claims-monitor', position: 7, config: { a: 1 } })
    const several = await send('POST', path, [
      { slug: 'claims-monitor', position: 1 },
      { slug: 'loss-development', position: 2, enabled: false },
    ])

    expect(one.json['dashboards']).toMatchObject([
      { slug: 'loss-development' },
      { slug: 'claims-monitor', position: 7, config: { a: 1 } },
    ])
    expect(several.json['dashboards']).toMatchObject([
      { slug: 'claims-monitor', position: 1 },
      { slug: 'loss-development', position: 2, enabled: false },
    ])
    const other = await send('GET', '/admin/tenants/acme-corp')
    expect(other.json['dashboards']).toMatchObject([{ enabled: true }, { enabled: true }])
  })

  it.each<[unknown, string]>([
    [{ slug: 'nothing' }, 'slug'],
    [[{ slug: 'loss-development' }, { slug: 'nothing' }], '1.slug'],
    [[{ slug: 'loss-development' }, { slug: 'loss-development', position: -1 }], '1.position'],
    [{ slug: 'loss-development', enabled: 'yes' }, 'enabled'],
    [{ slug: 'loss-development', tenantId: 'acme-corp' }, 'tenantId'],
    [[{ slug: 'loss-development' }, { slug: 'loss-development', position: 1 }], '1.slug'],
    [{}, 'slug'],
    [[], '(body)'],
    [5, '(body)'],
  ])('refuses %j, names %s, and changes nothing', async (wrong, field) => {
    const answer = await send('POST', path, wrong)
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field }]])
    expect(await auditLines()).toHaveLength(0)
  })

  it('is recorded only where it changes something', async () => {
    const { json } = await send('GET', '/admin/tenants/globex')
    const again = await send('POST', path, json['dashboards'])
    expect(again.json['dashboards']).toEqual(json['dashboards'])
    expect(await auditLines()).toHaveLength(0)

    await send('POST', path, { slug: 'claims-monitor', position: 3 })
    await send('POST', path, { slug: 'claims-monitor', position: 3 })
    expect(await auditLines()).toMatchObject([
      { action: 'tenant.dashboards_assigned', tenant_id: 'globex' },
    ])
  })

  it('is 404 for a tenant that does not exist', async () => {
    const answer = await send('POST', '/admin/tenants/nobody/dashboards', {
      slug: 'claims-monitor',
    })
    expect(answer.status).toBe(404)
    expect((await send('DELETE', '/admin/tenants/nobody/dashboards/claims-monitor')).status).toBe(
      404,
    )
  })

  it('is undone by DELETE, once and again', async () => {
    const remove = '/admin/tenants/globex/dashboards/claims-monitor'
    expect([(await send('DELETE', remove)).status, (await send('DELETE', remove)).status]).toEqual([
      204, 204,
    ])
    const rows =
      await api.owner`select tenant_id from assignments where dashboard_slug = 'claims-monitor'`
    expect(rows).toEqual([{ tenant_id: 'acme-corp' }])
    expect(await auditLines()).toHaveLength(1)
  })
})
