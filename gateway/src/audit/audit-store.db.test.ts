import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { auditLogs } from '../db/schema.ts'
import { createAuditStore, type AuditLine, type AuditStore } from './audit-store.ts'

let test: TestDatabase
let database: Database
let audit: AuditStore

beforeEach(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl })
  audit = createAuditStore(database)
})

afterEach(async () => {
  await database?.close()
  await test?.drop()
})

const opened = (requestId: string): AuditLine => ({
  action: 'dashboard.open',
  actor: { type: 'user', id: 'https://op|u1', email: 'viewer@acme.test' },
  tenantId: 'acme-corp',
  dashboard: 'loss-development',
  requestId,
  detail: { path: '/dashboard/loss-development/', n: 1.5, nested: { list: ['ä', null, true] } },
})

/** As the gateway itself may ask. */
async function brokenAt(): Promise<number | null> {
  const [row] = await database.forPurpose('audit', (tx) =>
    tx.execute<{ id: string | null }>(sql`select audit_chain_broken_at() as id`),
  )
  return row?.id == null ? null : Number(row.id)
}

const recordTimes = async (count: number) => {
  for (let n = 1; n <= count; n++) await audit.record(opened(`r${n}`))
}

describe('an audit line', () => {
  it('is kept with everything that was said', async () => {
    await audit.record(opened('r1'))
    const [row] = await database.inTenant('acme-corp', (tx) => tx.select().from(auditLogs))

    expect(row).toMatchObject({
      id: 1,
      action: 'dashboard.open',
      actorType: 'user',
      actor: 'https://op|u1',
      actorEmail: 'viewer@acme.test',
      tenantId: 'acme-corp',
      dashboardSlug: 'loss-development',
      requestId: 'r1',
      detail: opened('r1').detail,
    })
  })

  it('shares the fate of the transaction that it belongs to', async () => {
    const attempt = database.forPurpose('admin', async (tx) => {
      await audit.recordIn(tx, opened('r1'))
      throw new Error('the change failed')
    })

    await expect(attempt).rejects.toThrow('the change failed')
    expect(await test.owner`select * from audit_logs`).toHaveLength(0)
    await audit.record(opened('r2'))
    expect(await brokenAt()).toBeNull()
  })

  it('takes its time, id and hashes from the database, whatever the writer says', async () => {
    await database.forPurpose('audit', (tx) =>
      tx.execute(sql`insert into audit_logs
        (id, at, action, actor_type, actor, request_id, prev_hash, hash)
        values (77, '1999-01-01', 'forged', 'gateway', 'g', 'r', 'x', 'y')`),
    )
    const [row] =
      await test.owner`select id, at > now() - interval '1 min' as recent from audit_logs`

    expect(row).toEqual({ id: '1', recent: true })
    expect(await brokenAt()).toBeNull()
  })

  it('can be written whatever a client sent', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 1200 })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (id, dashboard, note) => {
        await audit.record({
          ...opened('r'),
          actor: { type: 'user', id },
          dashboard,
          detail: { note, [note]: [{ [dashboard]: id }] },
        })
      }),
      { numRuns: 60 },
    )
    expect(await brokenAt()).toBeNull()
  })
})

describe('the chain', () => {
  it('holds when many lines are written at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => audit.record(opened(`r${n}`))))
    const rows = await test.owner`select id from audit_logs order by id`

    expect(rows.map((row) => Number(row['id']))).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    )
    expect(await brokenAt()).toBeNull()
  })

  it('holds when nothing was written yet', async () => {
    expect(await brokenAt()).toBeNull()
  })

  it.each([
    ['its action changed', `update audit_logs set action = 'x' where id = 3`, 3],
    ['its time moved', `update audit_logs set at = at + interval '1 us' where id = 3`, 3],
    ['its tenant removed', `update audit_logs set tenant_id = null where id = 3`, 3],
    ['its detail changed', `update audit_logs set detail = '{}' where id = 3`, 3],
    [
      'its actor moved into the e-mail',
      `update audit_logs set actor = 'a', actor_email = 'b' where id = 3`,
      3,
    ],
    [
      'its action changed and its hash made to fit',
      `update audit_logs line set action = 'x' where id = 3;
       update audit_logs line set hash = audit_line_hash(line, prev_hash) where id = 3`,
      4,
    ],
    ['it removed from the middle', `delete from audit_logs where id = 3`, 3],
    ['it removed from the beginning', `delete from audit_logs where id = 1`, 1],
    ['the newest removed', `delete from audit_logs where id = 5`, 5],
    ['everything removed', `truncate audit_logs`, 5],
    [
      'a line added behind the trigger',
      `alter table audit_logs disable trigger audit_chain_append;
       insert into audit_logs select 6, at, action, actor_type, actor, actor_email, tenant_id,
         dashboard_slug, request_id, detail, hash, hash from audit_logs where id = 5`,
      6,
    ],
  ])('shows a line with %s, even by the owner', async (_, tampering, id) => {
    await recordTimes(5)
    expect(await brokenAt()).toBeNull()

    await test.owner.unsafe(tampering)

    expect(await brokenAt()).toBe(id)
  })
})
