import { BlobServiceClient } from '@azure/storage-blob'
import fc from 'fast-check'
import { Pool } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCanaryApp } from './support/canary-app.ts'
import { eventually, operate, signedIn, stack, staffFor } from './support/stack.ts'
import type { Visitor } from './support/visitor.ts'

/**
 * Random sequences of what users and apps of two tenants may do, in and out of order, honest and
 * not. Whatever happens, no answer holds a byte of the other tenant's canary.
 */
const runs = Number(process.env['ISOLATION_RUNS'] ?? 2000)

const tenants = ['acme-corp', 'globex'] as const
type TenantId = (typeof tenants)[number]
const canary: Readonly<Record<TenantId, string>> = {
  'acme-corp': 'canary-of-acme-7c1f',
  globex: 'canary-of-globex-93ab',
}
const other = (tenant: TenantId): TenantId => (tenant === 'acme-corp' ? 'globex' : 'acme-corp')
const slug = 'canary-app'
const cookieName = '__Host-Http-session'

let app: Awaited<ReturnType<typeof startCanaryApp>>
let viewers: Record<TenantId, Visitor>
/** Two sessions of one person, for one tenant each. */
let staff: Record<TenantId, Visitor>
let publicPool: Pool
let internalPool: Pool

beforeAll(async () => {
  app = await startCanaryApp(stack.internalUrl)
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Canary', appUrl: app.url })
  const container = BlobServiceClient.fromConnectionString(
    stack.blobConnectionString,
  ).getContainerClient('processed')
  for (const tenant of tenants) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, {
      slug,
      position: 90,
      config: { note: canary[tenant] },
    })
    await container
      .getBlockBlobClient(`${tenant}/canary.parquet`)
      .upload(canary[tenant], canary[tenant].length)
  }
  viewers = {
    'acme-corp': await signedIn('viewer@acme.test'),
    globex: await signedIn('viewer@globex.test'),
  }
  staff = { 'acme-corp': await staffFor('acme-corp'), globex: await staffFor('globex') }
  for (const tenant of tenants) {
    const layout = () => viewers[tenant].script(`/dashboard/${slug}/_dash-layout`)
    // Without its own canary an answer would prove nothing.
    const answer = await eventually(layout, ({ text }) => text.split(canary[tenant]).length > 2)
    expect(answer.text.split(canary[tenant]).length).toBeGreaterThan(2)
  }
  // Few connections, so that users share them.
  publicPool = new Pool(stack.publicUrl, { connections: 4 })
  internalPool = new Pool(stack.internalUrl, { connections: 4 })
}, 60_000)

afterAll(async () => {
  for (const tenant of tenants) {
    await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
  }
  await publicPool.destroy()
  await internalPool.destroy()
  await app.stop()
})

const sessionCookie = (role: 'viewer' | 'staff', tenant: TenantId) =>
  `${cookieName}=${(role === 'viewer' ? viewers : staff)[tenant].cookies.get(cookieName)}`

async function send(
  pool: Pool,
  path: string,
  headers: Record<string, string>,
  method: 'GET' | 'POST' | 'PUT',
  body?: string,
) {
  const response = await pool.request({ path, method, headers, body: body ?? null })
  return {
    status: response.statusCode,
    text: (await response.body.text()) + JSON.stringify(response.headers),
  }
}

/** One thing that somebody does; `for` is the only tenant whose canary may come back. */
type Operation = () => Promise<{ for: TenantId; status: number; text: string }>

const tenant = fc.constantFrom(...tenants)
const role = fc.constantFrom('viewer', 'staff')

/** Claims to be the other tenant, under every name and spelling that somebody could listen to. */
const forged = (victim: TenantId) =>
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
    ),
    { maxKeys: 3 },
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
  .map(([who, mine, path, rest, search, headers]): Operation => async () => {
    const sent = { accept: 'application/json', ...headers, cookie: sessionCookie(who, mine) }
    return { for: mine, ...(await send(publicPool, path + rest + search, sent, 'GET')) }
  })

const callback = fc
  .tuple(role, tenant, fc.string({ maxLength: 40 }))
  .map(([who, mine, body]): Operation => async () => {
    const headers = {
      cookie: sessionCookie(who, mine),
      origin: stack.publicUrl,
      'content-type': 'application/json',
    }
    return {
      for: mine,
      ...(await send(
        publicPool,
        `/dashboard/${slug}/_dash-update-component`,
        headers,
        'POST',
        JSON.stringify({ body }),
      )),
    }
  })

/** Cookies of both tenants at once, in either order, or one inside the other. */
const mixedCookies = fc
  .tuple(tenant, fc.constantFrom('; ', ';', ', ', ' '))
  .map(([mine, glue]): Operation => async () => {
    const cookie = [sessionCookie('viewer', mine), sessionCookie('viewer', other(mine))].join(glue)
    return {
      for: mine,
      ...(await send(publicPool, `/dashboard/${slug}/_dash-layout`, { cookie }, 'GET')),
    }
  })

const preferences = fc
  .tuple(role, tenant, fc.constantFrom('mine', 'shared', '..', '%2e%2e'))
  .map(([who, mine, name]): Operation => async () => {
    const headers = {
      cookie: sessionCookie(who, mine),
      origin: stack.publicUrl,
      'content-type': 'application/json',
    }
    const path = `/api/preferences/${slug}`
    const value = JSON.stringify({ value: { note: canary[mine] }, isDefault: false })
    const put = await send(publicPool, `${path}/${name}`, headers, 'PUT', value)
    const list = await send(publicPool, path, headers, 'GET')
    return { for: mine, status: list.status, text: put.text + list.text }
  })

/** An app that asks the data API with a token it was given, for names that lead elsewhere. */
const dataApi = fc
  .tuple(
    tenant,
    fc.constantFrom(
      'canary',
      'canary.parquet',
      '..%2fVICTIM%2fcanary',
      '%2e%2e%2fVICTIM%2fcanary.parquet',
      'VICTIM%2fcanary',
      '..%5cVICTIM%5ccanary',
      'canary%00',
      '.',
    ),
    fc.constantFrom('', '?tenant=VICTIM'),
  )
  .chain(([mine, name, search]) =>
    fc.tuple(
      fc.constant(mine),
      fc.constant((name + search).replaceAll('VICTIM', other(mine))),
      forged(other(mine)),
      fc.constantFrom('whole', 'cut', 'spliced'),
    ),
  )
  .map(([mine, name, headers, shape]): Operation => async () => {
    const own = app.tokens.findLast(({ tenantId }) => tenantId === mine)?.token ?? ''
    const theirs = app.tokens.findLast(({ tenantId }) => tenantId === other(mine))?.token ?? ''
    const spliced = [own.split('.')[0], theirs.split('.')[1], own.split('.')[2]].join('.')
    const token = { whole: own, cut: own.slice(0, -4), spliced }[shape]
    return {
      for: mine,
      ...(await send(
        internalPool,
        `/datasets/${name}`,
        { ...headers, authorization: `Bearer ${token}` },
        'GET',
      )),
    }
  })

const operation = fc.oneof(
  { weight: 4, arbitrary: browse },
  { weight: 2, arbitrary: callback },
  mixedCookies,
  preferences,
  { weight: 2, arbitrary: dataApi },
)

describe('two tenants', () => {
  it(
    `never see a byte of each other, in ${runs} sequences`,
    async () => {
      let own = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(operation, { minLength: 1, maxLength: 6 }),
          async (operations) => {
            // All at once: what one request leaves behind could reach the next.
            const answers = await Promise.all(operations.map((operate) => operate()))
            for (const answer of answers) {
              expect(answer.text).not.toContain(canary[other(answer.for)])
              expect(answer.status).toBeLessThan(500)
              if (answer.text.includes(canary[answer.for])) own += 1
            }
          },
        ),
        { numRuns: runs },
      )
      // A gateway that refuses everything would pass the rest.
      expect(own).toBeGreaterThan(runs / 2)
    },
    Math.max(600_000, runs * 300),
  )
})
