import { describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send, auditLines } = api

describe('PUT /admin/dashboards/{slug}', () => {
  it('makes and changes one', async () => {
    const body = { title: 'Reserves', appUrl: 'http://127.0.0.1:8052/' }
    const made = await send('PUT', '/admin/dashboards/reserves', body)
    const changed = await send('PUT', '/admin/dashboards/reserves', { ...body, title: 'New' })

    expect([made.status, made.json]).toMatchObject([
      201,
      { slug: 'reserves', appUrl: 'http://127.0.0.1:8052' },
    ])
    expect([changed.status, changed.json['title']]).toEqual([200, 'New'])
    expect((await send('GET', '/admin/dashboards/reserves')).json).toMatchObject({ title: 'New' })
    expect((await send('GET', '/admin/dashboards')).json['dashboards']).toHaveLength(3)
    expect((await send('GET', '/admin/dashboards/nothing')).status).toBe(404)
  })

  it('changes nothing, and records nothing, when it is sent again', async () => {
    const body = { title: 'Reserves', appUrl: 'http://127.0.0.1:8052/' }
    const made = await send('PUT', '/admin/dashboards/reserves', body)
    const again = await send('PUT', '/admin/dashboards/reserves', body)
    expect([again.status, again.json]).toEqual([200, made.json])
    expect(await auditLines()).toMatchObject([
      { action: 'dashboard.changed', dashboard_slug: 'reserves', detail: { before: null } },
    ])
  })

  it('has defaults for what is left out', async () => {
    const path = '/admin/dashboards/reserves'
    const body = { title: 'R', appUrl: 'http://a' }
    const more = { description: 'D', replicaUrls: ['http://b'], defaultConfig: { a: 1 } }
    await send('PUT', path, { ...body, ...more })
    const { json } = await send('PUT', path, body)
    expect(json).toMatchObject({ description: '', replicaUrls: [], defaultConfig: {} })
  })

  it('keeps the further addresses of an app, and records them', async () => {
    const path = '/admin/dashboards/reserves'
    const body = { title: 'R', appUrl: 'http://a', replicaUrls: ['http://b/', 'http://c:8051'] }
    const made = await send('PUT', path, body)
    const changed = await send('PUT', path, { ...body, replicaUrls: ['http://d'] })

    expect([made.status, made.json['replicaUrls']]).toEqual([201, ['http://b', 'http://c:8051']])
    expect([changed.status, changed.json['replicaUrls']]).toEqual([200, ['http://d']])
    expect((await send('GET', path)).json['replicaUrls']).toEqual(['http://d'])
    expect(await auditLines()).toMatchObject([
      { detail: { after: { replicaUrls: ['http://b', 'http://c:8051'] } } },
      { detail: { after: { replicaUrls: ['http://d'] } } },
    ])
  })

  it.each([
    ['a path', ['http://b/path']],
    ['credentials', ['http://b', 'http://user:pass@c']],
    ['an address twice', ['http://b', 'http://b/']],
    ['too many', Array.from({ length: 17 }, (_, index) => `http://b:${8000 + index}`)],
    ['no list', 'http://b'],
  ])('refuses %s as further addresses of an app', async (_, replicaUrls) => {
    const body = { title: 'T', appUrl: 'http://a', replicaUrls }
    const answer = await send('PUT', '/admin/dashboards/new', body)
    const [error] = answer.json['errors'] as { field: string }[]
    expect([answer.status, error?.field]).toEqual([422, expect.stringMatching(/^replicaUrls/)])
  })

  it.each([
    'http://a/path',
    'http://a?b=c',
    'http://user:pass@a',
    'ftp://a',
    'javascript:alert(1)',
    'a:8051',
    '//a',
    '',
    `http://${'a'.repeat(300)}`,
  ])('refuses %j as the address of an app', async (appUrl) => {
    const answer = await send('PUT', '/admin/dashboards/new', { title: 'T', appUrl })
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field: 'appUrl' }]])
  })
})
