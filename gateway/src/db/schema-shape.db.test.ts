import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  contractions,
  declaredIn,
  readShape,
  type SchemaShape,
} from '../../test-support/schema-shape.ts'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'

/** What finds a migration that takes something away has to find it. */
let test: TestDatabase
let owner: postgres.Sql
let before: SchemaShape

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  owner = postgres(test.ownerUrl, { max: 1, onnotice: () => {} })
  before = await readShape(owner)
})

afterAll(async () => {
  await owner?.end()
  await test?.drop()
})

async function takenBy(statement: string): Promise<string[]> {
  await owner.unsafe('begin')
  try {
    await owner.unsafe(statement)
    return contractions(before, await readShape(owner))
  } finally {
    await owner.unsafe('rollback')
  }
}

describe('a migration', () => {
  it.each([
    ['drop table preferences', 'table preferences removed'],
    ['alter table tenants rename to clients', 'table tenants removed'],
    ['alter table tenants drop column branding', 'column tenants.branding removed'],
    ['alter table tenants rename display_name to title', 'column tenants.display_name removed'],
    ['alter table sessions alter op_sid set not null', 'column sessions.op_sid changed'],
    ['alter table assignments alter position type bigint', 'column assignments.position changed'],
    ['alter table tenants alter config drop default', 'column tenants.config changed'],
    ['alter table tenants add owner text not null', 'column tenants.owner added'],
    [
      'alter table tenants add constraint short check (length(display_name) < 50)',
      'constraint tenants.short added',
    ],
    [
      'create unique index one_title on dashboards (title)',
      'unique index dashboards.one_title added',
    ],
    [
      'drop policy preferences_of_tenant on preferences',
      'policy preferences.preferences_of_tenant removed',
    ],
    [
      'alter policy tenants_read on tenants using (id = dashgate_tenant())',
      'policy tenants.tenants_read changed',
    ],
    ['create policy less on tenants as restrictive using (true)', 'policy tenants.less added'],
    ['revoke delete on assignments from dashgate_gateway', 'right delete on assignments removed'],
    ['revoke update on tenants from dashgate_gateway', 'right update on tenants.branding removed'],
    ['drop trigger notify_keys on key_rings', 'trigger key_rings.notify_keys removed'],
    ['alter domain slug add constraint long check (length(value) > 1)', 'domain slug.long added'],
    ['alter table tenants no force row level security', 'table tenants changed'],
  ])('that says "%s" is found', async (statement, found) => {
    expect(await takenBy(statement)).toContain(found)
  })

  it.each([
    'alter table tenants add theme text',
    "alter table tenants add theme text not null default 'plain' check (theme in ('plain', 'dark'))",
    'create table notes (id bigint primary key, body text not null unique)',
    'create index tenants_by_status on tenants (status)',
    'create policy more on tenants for select to dashgate_gateway using (false)',
    'grant delete on tenants to dashgate_gateway',
    'alter table tenants drop constraint tenants_status_check',
    'alter table sessions alter op_sid set default null',
  ])('that says "%s" takes nothing away', async (statement) => {
    expect(await takenBy(statement)).toEqual([])
  })
})

describe('what a migration declares', () => {
  it('is read line by line', () => {
    const sql = `-- Why.
-- contracts from 0.3.0: column tenants.theme removed
-- unused: right update on tenants.{id,slug} removed
-- widens: constraint tenants.tenants_status_check changed
alter table tenants drop column theme; -- unused: this is no such line`
    expect(declaredIn(sql)).toEqual([
      { what: 'column tenants.theme removed', from: '0.3.0' },
      { what: 'right update on tenants.id removed', from: undefined },
      { what: 'right update on tenants.slug removed', from: undefined },
      { what: 'constraint tenants.tenants_status_check changed', from: undefined },
    ])
  })
})
