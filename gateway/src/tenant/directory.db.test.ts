import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../../test-support/test-database.ts'
import { connectDatabase, type Database } from '../db/client.ts'
import { createTenantDirectory, type TenantDirectory } from './directory.ts'

let test: TestDatabase
let database: Database
let directory: TenantDirectory

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  await seedTwoTenants(test.owner)
  database = connectDatabase({ url: test.gatewayUrl })
  directory = createTenantDirectory(database)
})

beforeEach(async () => {
  await test.owner`update tenants set config = '{}'`
  await test.owner`update dashboards set default_config = '{}', config_schema = null,
    description = 'Of the dashboard'`
  await test.owner`update assignments set config = '{}', position = 0, enabled = true`
})

afterAll(async () => {
  await database?.close()
  await test?.drop()
})

const setOfAssignment = (
  tenant: string,
  slug: string,
  change: Record<string, unknown>,
) => test.owner`
  update assignments set ${test.owner(change)}
  where tenant_id = ${tenant} and dashboard_slug = ${slug}`

async function seenBy(tenant: string) {
  await directory.reload()
  return directory.dashboardsOf(tenant).map(({ slug, title }) => `${slug}: ${title}`)
}

describe('the dashboards of a tenant', () => {
  it('are the enabled ones, in the order of the tenant', async () => {
    await setOfAssignment('acme-corp', 'claims-monitor', { position: 2 })
    await setOfAssignment('acme-corp', 'loss-development', { position: 1 })
    await setOfAssignment('globex', 'loss-development', { enabled: false })

    expect(await seenBy('acme-corp')).toEqual([
      'loss-development: Loss development',
      'claims-monitor: Claims monitor',
    ])
    expect(await seenBy('globex')).toEqual(['claims-monitor: Claims monitor'])
    expect(directory.configFor('globex', 'loss-development')).toBeUndefined()
  })

  it('bear the words that its settings give them, and nobody else’s', async () => {
    const shell = { title: ' Losses <b>', description: 'For us' }
    await setOfAssignment('acme-corp', 'loss-development', { config: { shell } })
    await test.owner`update tenants set config = '{"shell":{"title":"Ours","description":"x"}}'
      where id = 'globex'`
    await setOfAssignment('globex', 'loss-development', {
      config: { shell: { description: null } },
    })

    expect(await seenBy('acme-corp')).toContain('loss-development: Losses <b>')
    expect(await seenBy('acme-corp')).toContain('claims-monitor: Claims monitor')
    expect(await seenBy('globex')).toContain('loss-development: Ours')
    const [ofGlobex] = directory
      .dashboardsOf('globex')
      .filter(({ slug }) => slug === 'loss-development')
    expect(ofGlobex?.description).toBe('Of the dashboard')
    expect(directory.dashboard('loss-development')?.title).toBe('Loss development')
  })

  it.each([
    { title: 7 },
    { title: 'a\u{202e}b' },
    { title: 'Good', description: 'x'.repeat(501) },
    { headline: 'x' },
    ['title'],
    'title',
  ])('keep their own words when %j was stored by hand', async (shell) => {
    await setOfAssignment('acme-corp', 'loss-development', { config: { shell } })
    expect(await seenBy('acme-corp')).toContain('loss-development: Loss development')
  })
})

describe('settings', () => {
  const schemaOf = (schema: object) =>
    test.owner`update dashboards set config_schema = ${test.owner.json(schema as never)}`
  const config = (tenant: string) => directory.configFor(tenant, 'loss-development')

  it('follow the schema and the levels as these change', async () => {
    await directory.reload()
    expect(config('acme-corp')).toEqual({ ok: true, config: {} })
    await schemaOf({ properties: { unit: { enum: ['thousand', 'million'] } } })
    await setOfAssignment('acme-corp', 'loss-development', { config: { unit: 'million' } })
    await directory.reload()
    expect(config('acme-corp')).toEqual({ ok: true, config: { unit: 'million' } })
    await schemaOf({ properties: { unit: { enum: ['thousand'] } } })
    await directory.reload()
    expect(config('acme-corp')).toMatchObject({ ok: false, faults: [{ path: ['unit'] }] })
    expect(config('globex')).toEqual({ ok: true, config: {} })
  })

  it('that somebody nested by hand until the stack would end are one tenant’s trouble', async () => {
    const deep = `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`
    await test.owner.unsafe(`update tenants set config = '${deep}' where id = 'acme-corp'`)
    await test.owner.unsafe(
      `update dashboards set config_schema = '${deep}' where slug = 'claims-monitor'`,
    )
    await directory.reload()
    expect(config('acme-corp')).toMatchObject({ ok: false })
    expect(directory.configFor('globex', 'claims-monitor')).toMatchObject({ ok: false })
    expect(config('globex')).toEqual({ ok: true, config: {} })
  })
})
