import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEchoApp } from './support/echo-app.ts'
import { eventually, operate, owner, signedIn, stack } from './support/stack.ts'
import { asFrame, type Visitor } from './support/visitor.ts'

const slug = 'settings'
const tenants = ['acme-corp', 'globex'] as const
let app: Awaited<ReturnType<typeof startEchoApp>>
let acme: Visitor
let globex: Visitor

const schema = {
  properties: {
    filters: { properties: { line: { properties: { options: { maxItems: 3 } } } } },
    unit: { enum: ['thousand', 'million'] },
  },
  additionalProperties: false,
}
const put = (changes: Record<string, unknown> = {}) =>
  operate('PUT', `/admin/dashboards/${slug}`, {
    title: 'Settings',
    appUrl: app.url,
    configSchema: schema,
    defaultConfig: { unit: 'thousand' },
    ...changes,
  })
const assign = (tenant: string, config: object = {}) =>
  operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug, position: 99, config })

beforeAll(async () => {
  app = await startEchoApp()
  await put()
  for (const tenant of tenants) await assign(tenant)
  acme = await signedIn('viewer@acme.test')
  globex = await signedIn('viewer@globex.test')
})

afterAll(async () => {
  for (const tenant of tenants)
    await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
  await app?.stop()
})

/** What the data API tells an app that a visitor has opened. */
async function context(who: Visitor, headers: Record<string, string> = {}) {
  const path = `/dashboard/${slug}/`
  await eventually(
    () => who.ask(path, { headers: asFrame }),
    ({ status }) => status === 200,
  )
  const token = app.seen.at(-1)?.headers.find(([name]) => name === 'x-tenant-token')?.[1]
  const answer = await fetch(`${stack.internalUrl}/context`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  const text = await answer.text()
  const json = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', json }
}
const config = async (who: Visitor) => (await context(who)).json['config']

describe('settings', () => {
  it('of the demo fit their dashboards', async () => {
    for (const tenant of [...tenants, 'initech']) {
      const { json } = await operate('GET', `/admin/tenants/${tenant}`)
      expect(json['configFaults']).toEqual([])
    }
  })

  it('of one tenant reach its apps, and not those of another', async () => {
    await assign('acme-corp', { unit: 'million', filters: { line: { options: ['a'] } } })
    await eventually(
      () => config(acme),
      (seen) => JSON.stringify(seen).includes('million'),
    )
    // Of Globex's own settings, this dashboard knows but one filter, which is not among them.
    expect(await config(globex)).toMatchObject({ unit: 'thousand' })
    expect(JSON.stringify(await config(globex))).not.toContain('"a"')
  })

  it('are told again only when they have changed', async () => {
    const { etag } = await context(acme)
    expect((await context(acme, { 'if-none-match': etag })).status).toBe(304)
    await assign('acme-corp', { unit: 'thousand' })
    const changed = await eventually(
      () => context(acme, { 'if-none-match': etag }),
      ({ status }) => status === 200,
    )
    expect(changed.json['config']).toMatchObject({ unit: 'thousand' })
  })

  it('give a dashboard its words in the pages of the shell, as text', async () => {
    const words = { title: 'Losses <script>alert(1)</script>', description: '"><img src=x>' }
    await assign('acme-corp', { shell: words })
    const home = await eventually(
      () => acme.visit('/'),
      ({ text }) => text.includes('Losses'),
    )
    expect(home.text).toContain('Losses &lt;script&gt;alert(1)&lt;/script&gt;')
    expect(home.text).not.toContain('<script>alert')
    expect(home.text).not.toContain('<img src=x>')
    const page = await acme.visit(`/dashboard/${slug}/`)
    expect(page.text).toContain('Losses &lt;script&gt;')
    expect((await globex.visit('/')).text).not.toContain('Losses &lt;')
    expect((await context(acme)).json['dashboard']).toEqual({ slug, title: words.title })
  })

  it('that do not fit are refused, and leave what was', async () => {
    const before = await config(acme)
    const refused = await assign('acme-corp', { unit: 'dozen' })
    expect([refused.status, refused.json['errors']]).toMatchObject([
      422,
      [{ field: 'config.unit', dashboard: slug }],
    ])
    const narrower = { ...schema, properties: { unit: { const: 'million' } } }
    const unfit = await put({ configSchema: narrower, defaultConfig: { unit: 'million' } })
    expect(unfit.status).toBe(200)
    const ofTenant = await assign('globex', { unit: 'thousand' })
    expect(ofTenant.status).toBe(422)
    await put()
    await eventually(
      () => config(acme),
      (seen) => isDeepStrictEqual(seen, before),
    )
    expect(await config(acme)).toEqual(before)
  })

  it('that somebody stored by hand are a clear state, for one tenant alone', async () => {
    const database = owner()
    try {
      await database`update assignments set config = '{"unit":7}'
        where tenant_id = 'acme-corp' and dashboard_slug = ${slug}`
      const broken = await eventually(
        () => context(acme),
        ({ status }) => status === 500,
      )
      expect(broken.json).toMatchObject({ error: 'config_invalid' })
      expect(broken.json).not.toHaveProperty('config')
      expect((await context(globex)).status).toBe(200)
      const { json } = await operate('GET', '/admin/tenants/acme-corp')
      expect(json['configFaults']).toMatchObject([{ field: 'config.unit', dashboard: slug }])
      await assign('acme-corp')
      await eventually(
        () => context(acme),
        ({ status }) => status === 200,
      )
    } finally {
      await database.end()
    }
  })
})

it('changes of preferences are recorded by name, from wherever they come', async () => {
  const { csrfToken } = JSON.parse((await globex.script('/session')).text) as Record<string, string>
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken ?? '' }
  const path = `/api/preferences/${slug}/Year%20end`
  const body = JSON.stringify({ value: { line: 'not for the log' }, isDefault: true })
  const saved = await globex.script(path, { method: 'PUT', headers, body })
  expect(saved.status).toBe(200)
  await globex.script(path, { method: 'DELETE', headers })
  // A new one under the old name is not what the old tag means.
  await globex.script(path, { method: 'PUT', headers, body })
  const stale = { ...headers, 'if-match': saved.headers.get('etag') ?? '' }
  expect((await globex.script(path, { method: 'PUT', headers: stale, body })).status).toBe(412)
  const taken = { ...headers, 'if-none-match': '*' }
  expect((await globex.script(path, { method: 'PUT', headers: taken, body })).status).toBe(412)

  const { json } = await operate('GET', '/admin/audit-logs?tenantId=globex&limit=500')
  const lines = json['auditLogs'] as Record<string, unknown>[]
  const own = lines.filter((line) => line['dashboardSlug'] === slug)
  expect(own.map(({ action, detail }) => [action, detail])).toEqual(
    expect.arrayContaining([
      ['preferences.saved', { name: 'Year end', isDefault: true }],
      ['preferences.removed', { name: 'Year end' }],
    ]),
  )
  expect(JSON.stringify(json)).not.toContain('not for the log')
})
