import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createAuditStore, type AuditStore } from './audit-store.ts'
import { createStaffVisitsStore } from './staff-visits-store.ts'

let test: TestDatabase
let database: Database
let audit: AuditStore

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl })
  audit = createAuditStore(database)
})
afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const ann = { type: 'user', id: 'ann', email: 'ann@kyros.test' } as const
const chose = (tenantId: string, reason: string | null, requestId = 'r') =>
  audit.record({
    action: 'tenant.switched',
    actor: ann,
    tenantId,
    requestId,
    detail: { from: 'globex', reason },
  })
const opened = (tenantId: string, dashboard: string, role: string) =>
  audit.record({
    action: 'dashboard.opened',
    actor: { ...ann, id: role },
    tenantId,
    dashboard,
    requestId: 'r',
    detail: { role },
  })

describe('visits of staff', () => {
  it('are read for the tenant alone, and nothing that its own people did', async () => {
    await chose('acme-corp', 'Review', 'r-1')
    await chose('globex', 'A secret of Globex')
    await opened('acme-corp', 'loss-development', 'viewer')
    const { visits, olderThan } = await createStaffVisitsStore(database).list('acme-corp')
    expect(olderThan).toBeUndefined()
    expect(visits).toMatchObject([{ actor: 'ann', reason: 'Review', requestId: 'r-1' }])
    expect([...(visits[0]?.dashboards ?? [])]).toEqual([])
    // The tenant that staff came from is nobody's business here.
    expect(JSON.stringify(visits)).not.toContain('globex')
  })

  it('go on where a page ends, by time', async () => {
    const store = createStaffVisitsStore(database)
    await test.owner`
      insert into audit_logs (id, at, action, actor_type, actor, tenant_id, request_id, prev_hash, hash)
      select 0, now(), 'tenant.switched', 'user', 'bob' || i, 'acme-corp', 'r', '', ''
      from generate_series(1, 310) as i`
    const first = await store.list('acme-corp')
    expect(first.visits).toHaveLength(300)
    const second = await store.list('acme-corp', first.olderThan)
    expect(second.olderThan).toBeUndefined()
    const actors = [...first.visits, ...second.visits].map(({ actor }) => actor)
    expect(new Set(actors).size).toBe(311)
  })

  it('are found by their own index, not among all openings', async () => {
    await test.owner`
      insert into audit_logs (id, at, action, actor_type, actor, tenant_id, dashboard_slug, request_id,
        detail, prev_hash, hash)
      select 0, now(), 'dashboard.opened', 'user', 'u', 'globex', 'claims-monitor', 'r',
        '{"role":"viewer"}', '', '' from generate_series(1, 2000)`
    await test.owner`analyze audit_logs`
    const plan = await database.inTenant('globex', (tx) =>
      tx.execute<{ 'QUERY PLAN': string }>(sql`explain select at from audit_logs
        where tenant_id = 'globex' and (action = 'tenant.switched'
          or action = 'dashboard.opened' and detail ->> 'role' = 'admin')
        order by id desc limit 300`),
    )
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('audit_logs_of_staff')
  })
})
