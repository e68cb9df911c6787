import { beforeEach, describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

const listed = async (query = '') => {
  const { json } = await send('GET', `/admin/sessions${query}`)
  return JSON.stringify(json)
}

describe('sessions', () => {
  beforeEach(async () => {
    await api.owner`
      insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id,
        refresh_token_sealed, idle_expires_at, absolute_expires_at)
      select id, 'https://op', sub, sub || '@x.test', 'viewer', array[tenant], tenant, 'canary-sealed',
        now() + ends * interval '1 h', now() + ends * interval '1 h'
      from (values
        ('session-hash-0001', 'u1', 'acme-corp', 1),
        ('session-hash-0002', 'u1', 'globex', 1),
        ('session-hash-0003', 'u2', 'globex', 1),
        ('session-hash-0004', 'u3', 'globex', -1)
      ) as v (id, sub, tenant, ends)`
  })

  it('are listed while they last, without what could open one', async () => {
    const list = await listed()
    for (const n of [1, 2, 3]) expect(list).toContain(`session-hash-000${n}`)
    expect(list).not.toContain('session-hash-0004')
    expect(list).not.toContain('canary')
    expect(await listed('?tenantId=acme-corp')).not.toContain('session-hash-0002')
    expect(await listed('?sub=u2')).not.toContain('session-hash-0001')
  })

  it.each<[Record<string, string>, number]>([
    [{ sessionId: 'session-hash-0001' }, 1],
    [{ sub: 'u1' }, 2],
    [{ tenantId: 'acme-corp' }, 1],
    [{ sub: 'nobody' }, 0],
  ])('are revoked by %o', async (whose, count) => {
    const answer = await send('POST', '/admin/sessions/revoke', whose)
    const again = await send('POST', '/admin/sessions/revoke', whose)

    expect([answer.json, again.json]).toEqual([{ revoked: count }, { revoked: 0 }])
    const revoked = await api.owner`select id_hash from sessions where revoked_at is not null`
    expect(revoked).toHaveLength(count)
    const lines = await auditLines()
    expect(lines.map(({ detail }) => detail['revoked'])).toEqual(count > 0 ? [count] : [])
  })

  it.each([
    {},
    { sub: 'u1', tenantId: 'acme-corp' },
    { all: true },
    { sub: '' },
    { sub: 'a\u0000' },
  ])('are not revoked by %j', async (whose) => {
    expect((await send('POST', '/admin/sessions/revoke', whose)).status).toBe(422)
    expect(await api.owner`select 1 from sessions where revoked_at is not null`).toHaveLength(0)
  })
})
