import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import type { StackInfo } from '../../../dev/stack-info.ts'
import type { startEchoApp } from './echo-app.ts'
import type { Replica } from './replicas.ts'
import { asFrame, asNavigation, Visitor, type Answer } from './visitor.ts'

export interface StoryPlaces {
  readonly stack: StackInfo
  /** The first answers at the public URL itself, the second lets sessions live longer. */
  readonly replicas: readonly [Replica, Replica]
  readonly app: Awaited<ReturnType<typeof startEchoApp>>
  /**
   * Says something as the owner of the tables.
   *
   * @param isPartOfIt whether it has to be said as well when the story is told again
   */
  readonly asOwner: (sql: string, isPartOfIt: boolean) => Promise<readonly object[]>
}

/**
 * Once everything that a gateway does with its database, so that what it says to it can be recorded.
 * Whoever gives the gateway something new to say adds it here.
 */
export async function tellReleaseStory({
  stack,
  replicas,
  app,
  asOwner,
}: StoryPlaces): Promise<void> {
  const [first, second] = replicas
  const operate = operatorOf(stack, first)
  await manageMetadata(operate, app.url)

  const viewer = new Visitor(stack.publicUrl)
  expectGood(await viewer.signIn('viewer@acme.test'))
  expectGood(await viewer.ask('/dashboard/echo/', { headers: asNavigation }))
  expectGood(await viewer.ask('/dashboard/echo/', { headers: asFrame }))
  await viewer.script('/dashboard/none/')
  await saveFilters(viewer)
  await useDataApi(app, second)

  const longer = Object.assign(new Visitor(stack.publicUrl), { via: second.url })
  await longer.signIn('viewer@acme.test')
  viewer.via = second.url
  expectGood(await viewer.script('/session'))
  await until(() => viewer.script('/session'), soonRefreshed(2))

  await switchTenant(stack)
  expectGood(await viewer.ask('/account', { headers: asNavigation }))
  expectGood(await viewer.submit('/account/sessions/end', { others: 'all' }))
  await manageSessions(operate)
  await rotateKeys(operate, asOwner)
  await endAtProvider(stack)
  await readRecords(operate)
}

type Operate = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Readonly<Record<string, unknown>>>

function operatorOf(stack: StackInfo, { adminUrl }: Replica): Operate {
  const dispatcher = new Agent({
    connect: {
      ca: readFileSync(stack.ca),
      cert: readFileSync(stack.clientCert),
      key: readFileSync(stack.clientKey),
    },
  })
  return async (method, path, body, headers) => {
    const answer = await request(adminUrl + path, {
      method,
      dispatcher,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      body: body ? JSON.stringify(body) : null,
    })
    const text = await answer.body.text()
    const { statusCode } = answer
    if (statusCode >= 300) throw new Error(`${method} ${path} was answered ${statusCode}: ${text}`)
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  }
}

async function manageMetadata(operate: Operate, appUrl: string): Promise<void> {
  await operate('PUT', '/admin/dashboards/echo', { title: 'Echo', appUrl })
  await operate('PUT', '/admin/dashboards/echo', {
    title: 'Echo, renamed',
    description: 'For all',
    appUrl,
    defaultConfig: { filters: { line: { default: 'auto' } } },
    configSchema: { type: 'object' },
  })
  await operate('POST', '/admin/tenants/umbrella/metadata', {})
  await operate('POST', '/admin/tenants/umbrella/metadata', {
    displayName: 'Umbrella',
    status: 'suspended',
    branding: { displayName: 'Umbrella', colors: { primary: '#aa0011' } },
    config: { currency: 'EUR' },
  })
  for (const tenant of ['umbrella', 'acme-corp']) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug: 'echo', position: 9 })
  }
  await operate('POST', '/admin/tenants/umbrella/dashboards', [
    { slug: 'echo', enabled: false, config: { a: 1 } },
    { slug: 'loss-development' },
  ])
  await operate('DELETE', '/admin/tenants/umbrella/dashboards/loss-development')
  for (const path of ['tenants', 'tenants/umbrella', 'dashboards', 'dashboards/echo']) {
    await operate('GET', `/admin/${path}`)
  }
}

async function saveFilters(viewer: Visitor): Promise<void> {
  const session = JSON.parse((await viewer.script('/session')).text) as Record<string, string>
  const put = (name: string, body: object, headers = {}) =>
    viewer.script(`/api/preferences/echo/${name}`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        'x-csrf-token': session['csrfToken'] ?? '',
        ...headers,
      },
    })
  const saved = await put('mine', { value: { line: 'auto' }, isDefault: true })
  expectGood(saved)
  expectGood(
    await put('mine', { value: { line: 'home' } }, { 'if-match': saved.headers.get('etag') }),
  )
  expectGood(await put('other', { value: {}, isDefault: true }))
  expectGood(await viewer.script('/api/preferences/echo'))
  expectGood(await viewer.script('/api/preferences/echo/mine'))
  const removal = { method: 'DELETE', headers: { 'x-csrf-token': session['csrfToken'] ?? '' } }
  expectGood(await viewer.script('/api/preferences/echo/other', removal))
}

/** Asked of the replica that has not seen the session, which looks it up. */
async function useDataApi(app: StoryPlaces['app'], { internalUrl }: Replica): Promise<void> {
  const headers = app.seen.at(-1)?.headers ?? []
  const token = headers.find(([name]) => name === 'x-tenant-token')?.[1] ?? ''
  for (const path of ['/context', '/datasets', '/preferences']) {
    const answer = await fetch(internalUrl + path, {
      headers: { authorization: `Bearer ${token}` },
    })
    if (!answer.ok) throw new Error(`${path} of the data API was answered ${answer.status}`)
  }
}

async function switchTenant(stack: StackInfo): Promise<void> {
  const staff = new Visitor(stack.publicUrl)
  await staff.signIn('actuary@kyros.test')
  expectGood(await staff.submit('/tenant', { tenant: 'globex', return_to: '/' }))
  expectGood(await staff.submit('/logout', {}))
}

async function manageSessions(operate: Operate): Promise<void> {
  await operate('GET', '/admin/sessions')
  await operate('GET', '/admin/sessions?tenantId=acme-corp&limit=5')
  await operate('POST', '/admin/sessions/revoke', { tenantId: 'initech' })
  await operate('POST', '/admin/sessions/revoke', { sub: 'nobody' })
  await operate('POST', '/admin/sessions/revoke', { sessionId: 'x'.repeat(43) })
}

/** Keys are removed when nothing can depend on them any more, weeks later: here by another clock. */
async function rotateKeys(operate: Operate, asOwner: StoryPlaces['asOwner']): Promise<void> {
  const once = { 'idempotency-key': 'once' }
  await operate('POST', '/admin/rotate-secret', {}, once)
  await operate('POST', '/admin/rotate-secret', {}, once)
  await operate('POST', '/admin/rotate-secret', { ring: 'tenant-token' })
  await asOwner(
    "update key_rings set retired_at = now() - interval '2 years' where retired_at is not null",
    true,
  )
  const old = "select from key_rings where retired_at < now() - interval '1 year'"
  const giveUpAt = performance.now() + 60_000
  await until(
    async () => {
      if (performance.now() > giveUpAt) throw new Error('Spent keys were not removed')
    },
    async () => (await asOwner(old, false)).length === 0,
  )
}

/** Signing out there ends, over the back channel, every session that it began here. */
async function endAtProvider(stack: StackInfo): Promise<void> {
  const globex = new Visitor(stack.publicUrl)
  await globex.signIn('viewer@globex.test')
  const sent = await globex.submit('/logout', {})
  const form = await globex.visit(sent.headers.get('location') ?? '')
  const fields = [...form.text.matchAll(/<input[^>]*>/g)].map(([input]) => [
    /name="([^"]*)"/.exec(input)?.[1] ?? '',
    /value="([^"]*)"/.exec(input)?.[1] ?? '',
  ])
  const action = /<form[^>]*action="([^"]+)"/.exec(form.text)?.[1] ?? ''
  const { status } = await globex.submit(
    new URL(action, form.url).href,
    Object.fromEntries(fields) as Record<string, string>,
  )
  if (status >= 400) throw new Error(`The provider answered the sign-out with ${status}`)
}

async function readRecords(operate: Operate): Promise<void> {
  const filters = 'tenantId=acme-corp&action=dashboard.opened&actor=x&dashboard=echo'
  await operate('GET', `/admin/audit-logs?${filters}&from=2026-01-01T00:00:00Z`)
  for (const list of ['audit-logs', 'sessions', 'tenants', 'dashboards']) {
    const { nextCursor } = await operate('GET', `/admin/${list}?limit=1`)
    if (typeof nextCursor !== 'string') continue
    await operate('GET', `/admin/${list}?limit=1&cursor=${nextCursor}`)
  }
  for (const accept of ['application/x-ndjson', 'text/csv']) {
    await operate('GET', '/admin/audit-logs', undefined, { accept })
  }
}

/** Access tokens of this provider are due two seconds after they were given. */
function soonRefreshed(seconds: number): () => boolean {
  const from = performance.now()
  return () => performance.now() - from > 1000 * (seconds + 1)
}

async function until(
  act: () => Promise<unknown>,
  isDone: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!(await isDone())) {
    await act()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function expectGood({ url, status, text }: Answer): void {
  if (status >= 400) throw new Error(`${url} was answered ${status}: ${text.slice(0, 300)}`)
}
