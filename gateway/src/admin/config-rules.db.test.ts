import { describe, expect, it } from 'vitest'
import { useAdminApi, type Answer } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

const line = 'line-of-business'
const text = { type: 'string' }
const filterOf = (...values: string[]) => ({
  properties: { default: { enum: values }, options: { items: { enum: values } } },
  additionalProperties: false,
})
/** Of loss-development: one filter, one component, one setting of the app's own. */
const configSchema = {
  type: 'object',
  properties: {
    filters: {
      properties: { [line]: filterOf('auto', 'home', 'marine') },
      additionalProperties: false,
    },
    visible: { properties: { factors: { type: 'boolean' } }, additionalProperties: false },
    unit: text,
  },
  additionalProperties: false,
}
const defaultConfig = { filters: { [line]: { options: ['auto', 'home', 'marine'] } } }
const dashboard = { title: 'Loss development', appUrl: 'http://a', defaultConfig, configSchema }

const putDashboard = (changes: Record<string, unknown> = {}) =>
  send('PUT', '/admin/dashboards/loss-development', { ...dashboard, ...changes })
const setTenant = (config: unknown, id = 'acme-corp') =>
  send('POST', `/admin/tenants/${id}/metadata`, { config })
const assign = (config: unknown, slug = 'loss-development') =>
  send('POST', '/admin/tenants/acme-corp/dashboards', { slug, config })
const filter = (settings: unknown) => ({ filters: { [line]: settings } })

const faults = ({ status, json }: Answer) => [
  status,
  ...((json['errors'] ?? []) as { field: string; message: string }[]).map(
    ({ field, message }) => `${field}: ${message}`,
  ),
]

describe('a dashboard', () => {
  it('keeps its schema and defaults, and answers them', async () => {
    expect((await putDashboard()).json).toMatchObject({ configSchema, defaultConfig })
    const read = await send('GET', '/admin/dashboards/loss-development')
    expect(read.json).toMatchObject({ configSchema, defaultConfig })
    const without = await putDashboard({ configSchema: undefined })
    expect(without.json).toMatchObject({ configSchema: null })
  })

  it.each<[unknown, string]>([
    [7, 'configSchema'],
    [[], 'configSchema'],
    [{ type: 'text' }, 'configSchema.type'],
    [{ properties: { a: { requierd: ['b'] } } }, 'configSchema.properties.a.requierd'],
    [{ $ref: 'https://example.com/schema' }, 'configSchema.$ref'],
    [{ $defs: { a: { not: { $ref: '#/$defs/a' } } } }, 'configSchema.$defs.a.not.$ref'],
    [{ properties: { a: { pattern: '(?=a)' } } }, 'configSchema.properties.a.pattern'],
    [{ examples: Array.from({ length: 30_000 }, () => 12) }, 'configSchema'],
  ])('is refused with the schema %o, at %s', async (schema, field) => {
    const answer = await putDashboard({ configSchema: schema, defaultConfig: {} })
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field }]])
    expect((await send('GET', '/admin/dashboards/loss-development')).json['configSchema']).toBe(
      null,
    )
  })

  it('is refused when its own defaults do not fit', async () => {
    expect(faults(await putDashboard({ defaultConfig: { unit: 1 } }))).toEqual([
      422,
      'defaultConfig.unit: must be string',
    ])
    const outside = filter({ options: ['auto'], default: 'home' })
    expect(faults(await putDashboard({ defaultConfig: outside }))).toEqual([
      422,
      `defaultConfig.filters.${line}.default: must be one of the options of its filter`,
    ])
  })

  it('is refused when a tenant that has it would no longer fit, which is named with the field', async () => {
    await putDashboard()
    await setTenant(filter({ default: 'marine' }), 'globex')
    const narrower = {
      ...configSchema,
      properties: {
        ...configSchema.properties,
        filters: { properties: { [line]: filterOf('auto', 'home') } },
      },
    }
    const options = filter({ options: ['auto', 'home'] })
    const answer = await putDashboard({ configSchema: narrower, defaultConfig: options })
    expect(answer.json['errors']).toEqual([
      {
        field: 'configSchema',
        message: `tenant globex: config.filters.${line}.default must be one of the options of its filter`,
        tenant: 'globex',
      },
    ])
    await setTenant({}, 'globex')
    expect((await putDashboard({ configSchema: narrower, defaultConfig: options })).status).toBe(
      200,
    )
  })

  it('counts tenants for whom it is not enabled at the moment', async () => {
    await send('POST', '/admin/tenants/acme-corp/dashboards', {
      slug: 'loss-development',
      enabled: false,
      config: { unit: 'million' },
    })
    const strict = { ...configSchema, properties: { unit: { enum: ['thousand'] } } }
    expect((await putDashboard({ configSchema: strict, defaultConfig: {} })).status).toBe(422)
  })
})

describe('the config of a tenant', () => {
  it('is refused when one of its dashboards could not work with it, which is named', async () => {
    await putDashboard()
    const answer = await setTenant(filter({ default: 'aviation' }))
    expect(answer.json['errors']).toEqual([
      {
        field: `config.filters.${line}.default`,
        message: 'dashboard loss-development: must be one of the options of its filter',
        dashboard: 'loss-development',
      },
    ])
    expect((await send('GET', '/admin/tenants/acme-corp')).json['config']).toEqual({})
    expect(await auditLines()).toHaveLength(1)
  })

  it('may hold what only some of its dashboards know', async () => {
    await putDashboard()
    const config = {
      filters: { [line]: { default: 'home' }, region: { default: 'north' } },
      visible: { factors: false, map: false },
      palette: 'warm',
    }
    expect((await setTenant(config)).status).toBe(200)
    expect((await assign({ palette: 'warm' })).status).toBe(422)
    expect((await assign({ palette: 'warm' }, 'claims-monitor')).status).toBe(200)
  })

  it('is refused when it is wrong in itself, also for a tenant that is new', async () => {
    const wrong = filter({ options: ['a'], default: 'b' })
    expect(faults(await setTenant(wrong, 'hooli'))).toEqual([
      422,
      `config.filters.${line}.default: must be one of the options of its filter`,
    ])
    expect((await send('GET', '/admin/tenants/hooli')).status).toBe(404)
    expect((await setTenant({ visible: { factors: 'no' } })).status).toBe(422)
  })

  it('stays harmless under names that JavaScript knows', async () => {
    await putDashboard({ configSchema: null })
    const hostile = '{"config":{"constructor":{"prototype":{"x":1}},"a":{"__proto__":{"b":1}}}}'
    const answer = await send('POST', '/admin/tenants/acme-corp/metadata', hostile)
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('{"__proto__":{"b":1}}')
    expect(({} as { b?: number }).b).toBeUndefined()
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

describe('an assignment', () => {
  it('is refused when its settings do not fit, and named by its place in the list', async () => {
    await putDashboard()
    expect(faults(await assign({ visible: { map: true } }))).toEqual([
      422,
      'config.visible.map: dashboard loss-development: is not known here',
    ])
    const several = await send('POST', '/admin/tenants/acme-corp/dashboards', [
      { slug: 'claims-monitor', position: 3 },
      { slug: 'loss-development', config: filter({ default: 'aviation' }) },
    ])
    expect(faults(several)).toEqual([
      422,
      `1.config.filters.${line}.default: dashboard loss-development: must be one of the options of its filter`,
    ])
    const { json } = await send('GET', '/admin/tenants/acme-corp')
    expect(json['dashboards']).toMatchObject([{ position: 0 }, { position: 0 }])
  })

  it('has the last word, and can take away what the levels below set', async () => {
    await putDashboard()
    await setTenant(filter({ default: 'home' }))
    expect((await assign(filter({ options: ['auto'] }))).status).toBe(422)
    expect((await assign(filter({ options: ['auto'], default: null }))).status).toBe(200)
    expect((await assign({ shell: { title: 'Losses' } })).status).toBe(200)
    expect((await assign({ shell: { title: '' } })).status).toBe(422)
  })
})

describe('settings that were stored by hand', () => {
  const breakByHand = () => api.owner`
    update assignments set config = '{"unit":7}'
    where tenant_id = 'acme-corp' and dashboard_slug = 'loss-development'`

  it('and do not fit are told by the tenant’s page', async () => {
    await putDashboard()
    expect((await send('GET', '/admin/tenants/acme-corp')).json['configFaults']).toEqual([])
    await breakByHand()
    expect((await send('GET', '/admin/tenants/acme-corp')).json['configFaults']).toEqual([
      {
        field: 'config.unit',
        message: 'dashboard loss-development: must be string',
        dashboard: 'loss-development',
      },
    ])
  })

  it('stand in the way of no change that does not touch them', async () => {
    await putDashboard()
    await breakByHand()
    expect((await putDashboard({ title: 'New' })).status).toBe(200)
    expect((await assign({}, 'claims-monitor')).status).toBe(200)
    const name = { displayName: 'Acme' }
    expect((await send('POST', '/admin/tenants/acme-corp/metadata', name)).status).toBe(200)
    expect((await setTenant({ unit: 'x' })).status).toBe(422)
    expect((await assign({ unit: 'x' })).status).toBe(200)
  })
})

it('two changes that fit alone, but not together, do not both go through', async () => {
  await putDashboard()
  const strict = { ...configSchema, properties: { unit: { enum: ['thousand'] } } }
  for (let round = 0; round < 5; round += 1) {
    const both = await Promise.all([
      putDashboard({ configSchema: strict, defaultConfig: {} }),
      setTenant({ unit: 'million' }),
    ])
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 422]))
    await setTenant({})
    await putDashboard()
  }
})
