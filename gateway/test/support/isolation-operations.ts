import fc from 'fast-check'
import type { Pool } from 'undici'
import { stack } from './stack.ts'
import {
  canary,
  other,
  slug,
  tenants,
  uselessTokens,
  type Role,
  type Scene,
  type TenantId,
} from './isolation-scene.ts'

/** One thing that somebody does; `for` is the only tenant whose canary may come back, if any. */
export type Operation = (
  scene: Scene,
) => Promise<{ for: TenantId | undefined; status: number; text: string }>

const tenant = fc.constantFrom(...tenants)
const role = fc.constantFrom<Role>('viewer', 'staff')
const layout = `/dashboard/${slug}/_dash-layout`

async function send(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' = 'GET',
  body?: string,
) {
  const response = await pool.request({ path, method, headers, body: body ?? null })
  return {
    status: response.statusCode,
    text: (await response.body.text()) + JSON.stringify(response.headers),
  }
}

const fromOwnPage = (cookie: string) => ({
  cookie,
  origin: stack.publicUrl,
  'content-type': 'application/json',
})

/** Stands for a good token of the other tenant, which a dishonest app could have given away. */
const stolen = 'stolen'

/** Says no more than the name of the other tenant, in the fields that we ourselves send to apps. */
const claimed = (victim: TenantId) =>
  fc.constantFrom('x-tenant-id', 'X-Tenant-ID', 'x-tenant').map((name) => ({ [name]: victim }))

/** Claims to be the other tenant, under every name and spelling that somebody could listen to. */
const anyFields = (victim: TenantId) =>
  fc.dictionary(
    fc.constantFrom(
      'x-tenant-id',
      'X-Tenant-ID',
      'x_tenant_id',
      'x-tenant',
      'x-tenant-token',
      'x-user-role',
      'x-dashboard-slug',
      'x-forwarded-host',
      'x-original-url',
      'forwarded',
      'authorization',
      'x-dashgate-tenant',
      'traceparent',
    ),
    fc.constantFrom(
      victim,
      'admin',
      `/dashboard/${slug}/`,
      `Bearer ${victim}`,
      '../..',
      `${victim}, ${victim}`,
      stolen,
    ),
    { maxKeys: 3 },
  )

const forged = (victim: TenantId): fc.Arbitrary<Record<string, string>> =>
  fc.oneof({ weight: 3, arbitrary: anyFields(victim) }, { weight: 1, arbitrary: claimed(victim) })

const withStolen = (headers: Record<string, string>, token: string) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === stolen ? token : value]),
  )

const page = fc.constantFrom('_dash-layout', '', 'page', '_dash-dependencies', 'assets/x.css')
const query = (victim: TenantId) =>
  fc.constantFrom(
    '',
    `?tenant=${victim}`,
    `?tenant_id=${victim}&x=1`,
    `?dashgate_tenant=${victim}`,
    '?a=%2e%2e%2f',
  )
const pathTo = (victim: TenantId) =>
  fc.constantFrom(
    `/dashboard/${slug}/`,
    `/dashboard/${victim}/`,
    `/dashboard/${slug}/../${victim}/`,
    `/dashboard/${slug}%2f..%2f${victim}/`,
    `//dashboard/${slug}/`,
  )

const browse = fc
  .tuple(role, tenant)
  .chain(([who, mine]) =>
    fc.tuple(
      fc.constant(who),
      fc.constant(mine),
      pathTo(other(mine)),
      page,
      query(other(mine)),
      forged(other(mine)),
    ),
  )
  .map(([who, mine, path, rest, search, headers]): Operation => async (scene) => {
    const fields = withStolen(headers, scene.tokenOf(other(mine)))
    const sent = { accept: 'application/json', ...fields, cookie: scene.cookieOf(who, mine) }
    return { for: mine, ...(await send(scene.publicPool, path + rest + search, sent)) }
  })

const callback = fc
  .tuple(role, tenant, fc.string({ maxLength: 40 }))
  .map(([who, mine, body]): Operation => async ({ publicPool, cookieOf }) => {
    const path = `/dashboard/${slug}/_dash-update-component`
    const headers = fromOwnPage(cookieOf(who, mine))
    return {
      for: mine,
      ...(await send(publicPool, path, headers, 'POST', JSON.stringify({ body }))),
    }
  })

/** Goes away in the middle: what the app still answers must reach nobody. */
const abandon = fc
  .tuple(role, tenant, fc.nat({ max: 12 }))
  .map(([who, mine, patienceMs]): Operation => async ({ publicPool, cookieOf }) => {
    const leaving = new AbortController()
    const timer = setTimeout(() => leaving.abort(), patienceMs)
    const asked = publicPool.request({
      path: layout,
      method: 'GET',
      headers: { cookie: cookieOf(who, mine) },
      signal: leaving.signal,
    })
    const text = await asked.then(({ body }) => body.text()).catch(() => '')
    clearTimeout(timer)
    return { for: mine, status: 200, text }
  })

/** Cookies of both tenants at once, in either order, or one inside the other. */
const mixedCookies = fc
  .tuple(tenant, fc.constantFrom('; ', ';', ', ', ' '))
  .map(([mine, glue]): Operation => async ({ publicPool, cookieOf }) => {
    const cookie = [cookieOf('viewer', mine), cookieOf('viewer', other(mine))].join(glue)
    return { for: mine, ...(await send(publicPool, layout, { cookie })) }
  })

/** Staff switch and look; what was made for the tenant before may ask, and the cookie before too. */
const switchTenant = fc
  .tuple(tenant, fc.constantFrom('fresh', 'page of the other', 'cookie of before'))
  .map(
    ([mine, how]): Operation =>
      ({ publicPool, switcher }) =>
        switcher.inTenant(mine, async (cookie) => {
          if (how === 'cookie of before') {
            const former = switcher.former.at(-1) ?? ''
            return { for: undefined, ...(await send(publicPool, layout, { cookie: former })) }
          }
          if (how === 'fresh') return { for: mine, ...(await send(publicPool, layout, { cookie })) }
          const headers = { cookie, 'x-dashgate-tenant': other(mine) }
          return { for: undefined, ...(await send(publicPool, layout, headers)) }
        }),
  )

const preferences = fc
  .tuple(role, tenant, fc.constantFrom('mine', 'shared', '..', '%2e%2e'))
  .map(([who, mine, name]): Operation => async ({ publicPool, cookieOf }) => {
    const headers = fromOwnPage(cookieOf(who, mine))
    const path = `/api/preferences/${slug}`
    const value = JSON.stringify({ value: { note: canary[mine] }, isDefault: false })
    const put = await send(publicPool, `${path}/${name}`, headers, 'PUT', value)
    const list = await send(publicPool, path, headers)
    return { for: mine, status: list.status, text: put.text + list.text }
  })

/** A view that is shared with the tenant, and looked for by whoever may see it. */
const views = fc
  .tuple(role, tenant, fc.constantFrom('shared', 'mine'))
  .map(([who, mine, name]): Operation => async ({ publicPool, cookieOf }) => {
    const headers = fromOwnPage(cookieOf(who, mine))
    const path = `/api/views/${slug}`
    const value = { $view: { path: '', components: { note: canary[mine] } } }
    await send(
      publicPool,
      `/api/preferences/${slug}/${name}`,
      headers,
      'PUT',
      JSON.stringify({ value }),
    )
    const list = await send(publicPool, path, headers)
    const texts = [list.text]
    for (const [, id = ''] of list.text.matchAll(/"id":"([0-9a-f-]{36})"/g)) {
      const shared = JSON.stringify({ isShared: name === 'shared' })
      await send(publicPool, `${path}/${id}`, headers, 'PATCH', shared)
      texts.push((await send(publicPool, `${path}/${id}`, headers)).text)
    }
    return { for: mine, status: list.status, text: texts.join('') }
  })

/** An app that asks the data API with a token it was given, for names that lead elsewhere. */
const dataApi = fc
  .tuple(
    tenant,
    fc.constantFrom(
      'datasets/canary',
      'datasets/canary.parquet',
      'datasets/..%2fVICTIM%2fcanary',
      'datasets/%2e%2e%2fVICTIM%2fcanary.parquet',
      'datasets/VICTIM%2fcanary',
      'datasets/..%5cVICTIM%5ccanary',
      'datasets/canary%00',
      'datasets/.',
      'datasets',
      'context',
      'preferences',
      'preferences/mine',
    ),
    fc.constantFrom('', '?tenant=VICTIM'),
  )
  .chain(([mine, name, search]) =>
    fc.tuple(
      fc.constant(mine),
      fc.constant(`/${name}${search}`.replaceAll('VICTIM', other(mine))),
      forged(other(mine)),
      fc.oneof(fc.constant('whole' as const), fc.constantFrom('cut', 'spliced', ...uselessTokens)),
    ),
  )
  .map(([mine, path, headers, shape]): Operation => async ({ internalPool, tokenOf, useless }) => {
    const own = tokenOf(mine)
    const spliced = [own.split('.')[0], tokenOf(other(mine)).split('.')[1], own.split('.')[2]]
    const token = {
      ...useless[mine],
      whole: own,
      cut: own.slice(0, -4),
      spliced: spliced.join('.'),
    }[shape]
    const sent = { ...headers, authorization: `Bearer ${token}` }
    return {
      for: shape === 'whole' ? mine : undefined,
      ...(await send(internalPool, path, sent)),
    }
  })

/** Whatever users and apps of two tenants may do, honest or not. */
export const operation = fc.oneof(
  { weight: 4, arbitrary: browse },
  { weight: 2, arbitrary: callback },
  { weight: 1, arbitrary: abandon },
  { weight: 1, arbitrary: mixedCookies },
  { weight: 1, arbitrary: switchTenant },
  { weight: 1, arbitrary: preferences },
  { weight: 1, arbitrary: views },
  { weight: 3, arbitrary: dataApi },
)
