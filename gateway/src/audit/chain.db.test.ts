import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createAuditStore, type AuditStore } from './audit-store.ts'
import { checkChain } from './chain.ts'

let test: TestDatabase
let database: Database
let audit: AuditStore

beforeEach(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
  audit = createAuditStore(database)
  await write(7)
})

afterEach(async () => {
  await database?.close()
  await test?.drop()
})

async function write(count: number) {
  for (let n = 0; n < count; n++) {
    await audit.record({ action: 'test', actor: { type: 'gateway', id: 'g' }, requestId: `r${n}` })
  }
}

const hashOf = async (id: number) => {
  const [row] = await test.owner`select hash from audit_logs where id = ${id}`
  return String(row?.['hash'])
}

/** Whoever owns the tables can make everything fit again, from a line on. */
const rewriteFrom = (id: number) =>
  test.owner.unsafe(`do $$
    declare
      line audit_logs;
      previous text := coalesce((select hash from audit_logs where id = ${id} - 1), repeat('0', 64));
    begin
      for line in select * from audit_logs where id >= ${id} order by id loop
        update audit_logs as one set prev_hash = previous, hash = audit_line_hash(one, previous)
          where one.id = line.id returning one.hash into previous;
      end loop;
      update audit_chain_head set last_hash = previous, last_id = (select max(id) from audit_logs);
    end $$`)

const pieces = [1, 2, 3, 7, 8, 100]

describe('checkChain', () => {
  it.each(pieces)('finds nothing wrong with a whole log, in pieces of %i', async (batch) => {
    const progress: number[] = []
    const onProgress = (lines: number) => void progress.push(lines)
    expect(await checkChain(database, { batch, onProgress })).toEqual({
      result: 'whole',
      last: { id: 7, hash: await hashOf(7) },
    })
    expect(progress.slice(0, 2)).toEqual(batch >= 7 ? expect.anything() : [batch, 2 * batch])
    expect(progress.at(-1)).toBe(7)
  })

  it('finds nothing wrong with one in which nothing was written', async () => {
    await test.owner`truncate audit_logs`
    await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
    expect(await checkChain(database)).toMatchObject({ result: 'whole', last: { id: 0 } })
  })

  it('goes on while the log grows', async () => {
    let left = 20
    const onProgress = () => {
      left -= 1
      return left > 0 ? void write(1) : undefined
    }
    const found = await checkChain(database, { batch: 1, onProgress })
    expect(found).toMatchObject({ result: 'whole' })
  })

  it.each([
    ['changed', `update audit_logs set action = 'x' where id = 4`, 4],
    [
      'changed, with a hash that fits it',
      `update audit_logs line set action = 'x' where id = 4;
       update audit_logs line set hash = audit_line_hash(line, prev_hash) where id = 4`,
      5,
    ],
    ['removed from the beginning', 'delete from audit_logs where id = 1', 1],
    ['removed from the middle', 'delete from audit_logs where id = 4', 4],
    [
      'removed, and the later ones moved up',
      `delete from audit_logs where id = 4;
       update audit_logs set id = id - 1 where id > 4`,
      4,
    ],
    ['removed from the end', 'delete from audit_logs where id = 7', 7],
    ['removed, all of them', 'truncate audit_logs', 1],
    [
      'slipped in between two others',
      `update audit_logs set id = id + 100 where id > 3;
       update audit_logs set id = id - 99 where id > 100;
       alter table audit_logs disable trigger audit_chain_append;
       insert into audit_logs select 4, at, 'forged', actor_type, actor, actor_email, tenant_id,
         dashboard_slug, request_id, detail, hash, hash from audit_logs where id = 3`,
      4,
    ],
    [
      'added at the end behind the trigger',
      `alter table audit_logs disable trigger audit_chain_append;
       insert into audit_logs select 8, at, action, actor_type, actor, actor_email, tenant_id,
         dashboard_slug, request_id, detail, hash, hash from audit_logs where id = 7;
       update audit_logs line set hash = audit_line_hash(line, prev_hash) where id = 8`,
      8,
    ],
    [
      'changed at the end, with a hash that fits',
      `update audit_logs set action = 'x' where id = 7;
       update audit_logs line set hash = audit_line_hash(line, prev_hash) where id = 7`,
      7,
    ],
  ])('names the line that its owner has %s', async (_, tampering, at) => {
    await test.owner.unsafe(tampering)
    for (const batch of pieces) {
      expect([batch, await checkChain(database, { batch })]).toEqual([
        batch,
        { result: 'broken', at },
      ])
    }
  })

  it.each(pieces)(
    'finds a rewritten log by a line noted before, in pieces of %i',
    async (batch) => {
      const noted = { id: 5, hash: await hashOf(5) }
      expect(await checkChain(database, { batch, noted })).toMatchObject({ result: 'whole' })

      await test.owner`update audit_logs set action = 'x' where id = 2`
      await rewriteFrom(2)
      expect(await checkChain(database, { batch })).toMatchObject({ result: 'whole' })
      expect(await checkChain(database, { batch, noted })).toEqual({ result: 'rewritten', at: 5 })

      await test.owner`delete from audit_logs where id > 3`
      await rewriteFrom(1)
      expect(await checkChain(database, { batch })).toMatchObject({ result: 'whole' })
      expect(await checkChain(database, { batch, noted })).toEqual({ result: 'rewritten', at: 5 })
    },
  )
})
