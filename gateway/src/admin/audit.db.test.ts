import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

describe('the audit log', () => {
  it('says who changed what, from what to what, in which request', async () => {
    await send('POST', '/admin/tenants/globex/metadata', { displayName: 'Globex Re' })
    const [line] = await auditLines()

    expect(line).toMatchObject({
      action: 'tenant.changed',
      actor_type: 'client',
      actor: 'pipeline',
      tenant_id: 'globex',
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      detail: { before: { displayName: 'Globex' }, after: { displayName: 'Globex Re' } },
    })
  })

  it('and the change are kept together or not at all', async () => {
    await api.owner`
      insert into sessions (id_hash, issuer, sub, email, role, tenants, idle_expires_at, absolute_expires_at)
      values ('session-hash-0001', 'https://op', 'u1', 'u1@x.test', 'viewer', '{globex}', now() + interval '1 h', now() + interval '1 h')`
    await api.owner`alter table audit_logs add constraint full_disk check (false) not valid`
    for (const [method, path, body] of [
      ['POST', '/admin/tenants/globex/metadata', { displayName: 'Unrecorded' }],
      ['POST', '/admin/tenants/globex/dashboards', { slug: 'claims-monitor', enabled: false }],
      ['DELETE', '/admin/tenants/globex/dashboards/claims-monitor', undefined],
      ['PUT', '/admin/dashboards/claims-monitor', { title: 'Unrecorded', appUrl: 'http://a' }],
      ['POST', '/admin/rotate-secret', {}],
      ['POST', '/admin/sessions/revoke', { sub: 'u1' }],
    ] as const) {
      const answer = await send(method, path, body)
      expect([path, answer.status, answer.json['code']]).toEqual([path, 500, 'internal_error'])
      expect(JSON.stringify(answer.json)).not.toContain('full_disk')
    }
    await api.owner`alter table audit_logs drop constraint full_disk`
    const [left] = await api.owner`
      select (select count(*)::int from assignments where enabled) as assigned,
        (select count(*)::int from tenants where display_name = 'Unrecorded') as renamed,
        (select count(*)::int from dashboards where title = 'Unrecorded') as retitled,
        (select count(*)::int from sessions where revoked_at is not null) as revoked`
    expect(left).toEqual({ assigned: 4, renamed: 0, retitled: 0, revoked: 0 })
  })
})
