import { beforeEach, describe, expect, it } from 'vitest'
import { useAdminApi } from '../../test-support/admin-api.ts'

const api = useAdminApi()
const { send } = api

beforeEach(async () => {
  // Two hundred at one and the same moment, and each name twice.
  await api.owner`
    insert into tenants (id, display_name, storage_prefix, created_at)
    select 't' || n, 'Name ' || n / 2, 't' || n, timestamptz '2026-01-01 00:00:00.123456Z'
    from generate_series(0, 199) n`
  await api.owner`
    insert into dashboards (slug, title, app_url, created_at)
    select 'd' || n, 'Title ' || n, 'http://a', timestamptz '2026-01-01Z' + n * interval '1 us'
    from generate_series(0, 49) n`
  await api.owner`
    insert into sessions (id_hash, issuer, sub, email, role, tenants, tenant_id, created_at,
      idle_expires_at, absolute_expires_at)
    select 'a-session-hash-' || n, 'https://op', 'u' || n, 'u@x.test', 'viewer', '{globex}', 'globex',
      timestamptz '2026-01-01Z' + n % 7 * interval '1 us', now() + interval '1 h', now() + interval '1 h'
    from generate_series(0, 49) n`
  await api.owner`
    insert into audit_logs (action, actor_type, actor, request_id)
    select 'test', 'gateway', 'g', 'r' || n from generate_series(1, 12) n`
})

type Row = Record<string, string | number>

/** Follows the cursors to the end; the rows of all pages. */
async function allPages(path: string, field: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { json } = await send('GET', cursor === '' ? path : `${path}&cursor=${cursor}`)
    rows.push(...(json[field] as Row[]))
    cursor = json['nextCursor'] as string | null
  }
  return rows
}

const lists: [path: string, field: string, key: string, sorts: string[], count: number][] = [
  ['/admin/tenants', 'tenants', 'id', ['id', 'displayName', 'createdAt', 'updatedAt'], 202],
  ['/admin/dashboards', 'dashboards', 'slug', ['slug', 'title', 'createdAt', 'updatedAt'], 52],
  [
    '/admin/sessions',
    'sessions',
    'sessionId',
    ['createdAt', 'idleExpiresAt', 'absoluteExpiresAt'],
    50,
  ],
  ['/admin/audit-logs', 'auditLogs', 'id', ['id'], 12],
]

describe.each(lists)('%s', (path, field, key, sorts, count) => {
  it.each(sorts.flatMap((sort) => [sort, `-${sort}`]))(
    'has each row once, in pages, when sorted by %s',
    async (sort) => {
      const rows = await allPages(`${path}?limit=7&sort=${sort}`, field)
      const keys = rows.map((row) => row[key])
      expect([new Set(keys).size, keys.length]).toEqual([count, count])
      const whole = await send('GET', `${path}?limit=500&sort=${sort}`)
      expect(rows).toEqual(whole.json[field])
    },
  )

  it('is the other way round with a minus', async () => {
    const [sort = ''] = sorts
    const up = await allPages(`${path}?limit=9&sort=${sort}`, field)
    const down = await allPages(`${path}?limit=9&sort=-${sort}`, field)
    expect(down).toEqual(up.toReversed())
  })

  it('has at most 100 rows on a page where nobody asks for another number', async () => {
    const { json } = await send('GET', path)
    expect(json[field]).toHaveLength(Math.min(count, 100))
    expect(json['nextCursor'] === null).toBe(count <= 100)
  })

  it.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=501'],
    ['limit', 'limit=ten'],
    ['limit', 'limit=5&limit=6'],
    ['sort', 'sort=hash'],
    ['sort', 'sort=id;drop table tenants'],
    ['sort', 'sort=id,(select 1)'],
    ['cursor', 'cursor=nonsense'],
    ['cursor', `cursor=${cursorOf('id', ['a', 'b'])}`],
    ['cursor', `cursor=${cursorOf('createdAt', 'x')}`],
    ['cursor', `cursor=${cursorOf(sorts[0] ?? '', ["'", ''])}&sort=-${sorts[0]}`],
    ['nonsense', 'nonsense=1'],
  ])('V44: names %s for %s', async (parameter, query) => {
    const answer = await send('GET', `${path}?${query.replaceAll(' ', '%20')}`)
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field: parameter }]])
  })
})

function cursorOf(...place: unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

describe('a cursor', () => {
  it('of one order is refused for another', async () => {
    const { json } = await send('GET', '/admin/tenants?limit=2&sort=displayName')
    const next = `/admin/tenants?limit=2&cursor=${String(json['nextCursor'])}`
    expect((await send('GET', `${next}&sort=displayName`)).status).toBe(200)
    expect((await send('GET', `${next}&sort=id`)).status).toBe(422)
  })

  it.each([
    ['createdAt', '99999999999999999'],
    ['createdAt', '-1'],
    ['createdAt', '2026-01-01'],
    ['createdAt', "'; drop table tenants; --"],
    ['id', 'a\u0000b'],
  ])('sorted by %s that says %j is refused, not an error of the database', async (sort, value) => {
    const cursor = cursorOf(sort, value, 'globex')
    const answer = await send('GET', `/admin/tenants?sort=${sort}&cursor=${cursor}`)
    expect([answer.status, answer.json['errors']]).toMatchObject([422, [{ field: 'cursor' }]])
  })

  it('goes on where it was although rows before it are gone', async () => {
    const first = await send('GET', '/admin/sessions?limit=10')
    await api.owner`delete from sessions where id_hash in (select id_hash from sessions order by created_at desc, id_hash desc limit 10)`
    const second = await send(
      'GET',
      `/admin/sessions?limit=500&cursor=${String(first.json['nextCursor'])}`,
    )
    expect(second.json['sessions']).toHaveLength(40)
  })
})
