import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createDatabase, urlOf } from '../../test-support/test-database.ts'
import { migrateDatabase } from './migrations.ts'

const name = `migrated_${randomBytes(4).toString('hex')}`
let url: string
let owner: postgres.Sql

beforeEach(async () => {
  await createDatabase(inject('postgresUrl'), name)
  url = urlOf(inject('postgresUrl'), name)
  owner = postgres(url, { max: 1, onnotice: () => {} })
})

afterEach(async () => {
  await owner.end()
  const server = postgres(inject('postgresUrl'), { max: 1 })
  await server.unsafe(`drop database ${name} with (force)`)
  await server.end()
})

const scripts = async () =>
  (await readdir(new URL('../../../migrations', import.meta.url))).filter((file) =>
    file.endsWith('.sql'),
  )

describe('migrations', () => {
  it('run once each, even when several replicas start at the same time', async () => {
    await Promise.all([1, 2, 3].map(() => migrateDatabase({ url })))
    await migrateDatabase({ url })

    const done = await owner`select hash from drizzle.__drizzle_migrations`
    expect(done).toHaveLength((await scripts()).length)
  })

  it('let the role of the gateway sign in with any password', async () => {
    const appRolePassword = `o'clock "quoted" \\ %L ${randomBytes(4).toString('hex')}`
    const before = await owner`select rolpassword from pg_authid where rolname = 'dashgate_gateway'`
    await migrateDatabase({ url, appRolePassword })
    const gateway = postgres(url, {
      max: 1,
      user: 'dashgate_gateway',
      password: appRolePassword,
      username: 'dashgate_gateway',
    })
    try {
      const [row] = await gateway`select current_user as name`
      expect(row).toEqual({ name: 'dashgate_gateway' })
    } finally {
      await gateway.end()
      // The role belongs to all databases of the server, so the other tests' password comes back.
      await owner.unsafe(
        `alter role dashgate_gateway password '${String(before[0]?.['rolpassword'])}'`,
      )
    }
  })
})
