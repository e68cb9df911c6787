import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Built } from '../build.ts'
import type { Assets, Person } from '../src/views/page.ts'
import { sessionEndedFramePage } from '../src/views/session-ended-frame-page.ts'
import { signedInPage } from '../src/views/signed-in-page.ts'
import { fakeApp, RENDERER } from './fake-app.ts'
import { brandOf, pageOf, STAFF, TENANTS } from './models.ts'
import { answerViews, listedView, type StandInView } from './stand-in-views.ts'
import { dashboard, error, home, homeSearched, PAGES, reason, searchedChooser } from './pages.ts'

const NONCE = 'dGVzdC1ub25jZQ'
const TYPES: Record<string, string> = {
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}
const SESSION = { '/session': true, '/session/activity': true }

/** Dash's worker as a page sees it: the page of a test says when its connection comes and goes. */
const WORKER = `onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.type === 'say') port.postMessage(data.message)
    else port.postMessage({ type: 'posted', message: data })
  }
}`

/** A worker that tells how many pages share it. */
const COUNTER = `let pages = 0; onconnect = ({ ports: [port] }) => port.postMessage((pages += 1))`
const SHELL_POLICY = `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${NONCE}'; img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'`
const APP_POLICY = `default-src 'none'; script-src 'self' 'nonce-${NONCE}'; style-src-elem 'self' 'nonce-${NONCE}'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'self'; base-uri 'none'`

/** The state that a test changes: who is signed in, for whom, and what the apps do. */
export interface Situation {
  person: Person | undefined
  tenant: string
  /** Tenant for which the app's page is made, if another than the shell's. */
  appTenant?: string
  /** What each dashboard does; others render. */
  apps: Record<string, 'render' | 'dash' | 'hang' | 'fail' | 'down' | 'expired' | 'plain' | 'drop'>
  /** Who signs in next; the one who was signed in last if nobody is named. */
  next?: { person: Person; tenant: string }
  /** Kept for the person; without them there is no menu of views. */
  views?: StandInView[]
  /** How many callbacks of the apps still fail. */
  failing: number
  /** When the session ends, in milliseconds since the epoch. */
  endsAt: number
  endsBy: 'idle' | 'age'
  /** How many requests to `/app` are still refused because the tenant is busy. */
  busy: number
  /** Bodies of what was let through to `/app`, in order. */
  asked: string[]
  /** Slugs that are marked. */
  favourites: string[]
  /** Why staff chose a client, each time. */
  reasons: string[]
  /** How often somebody was said to be at work. */
  activity: number
}

/** Serves the views and scripts as the gateway does, without the gateway: its answers are what a test says. */
export async function startStandInGateway({ manifest, files }: Built) {
  const assets: Assets = {
    shellScript: `/assets/${manifest['shellScript.en']}`,
    shellStyle: `/assets/${manifest.shellStyle}`,
    frameScript: `/assets/${manifest.frameScript}`,
    icon: `/assets/${manifest.icon}`,
  }
  const now: Situation = {
    person: STAFF,
    tenant: 'acme-corp',
    apps: {},
    endsAt: Date.now() + 600_000,
    endsBy: 'idle',
    failing: 0,
    busy: 0,
    asked: [],
    favourites: [],
    reasons: [],
    activity: 0,
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((fault: unknown) => response.destroy(fault as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    now,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const { pathname, searchParams } = new URL(path, 'http://here')
    const page = pageOf(assets, NONCE, path)
    const send = (body: string, type = 'text/html; charset=utf-8', status = 200, more = {}) => {
      const policy = type.startsWith('text/html') && { 'Content-Security-Policy': SHELL_POLICY }
      const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', ...policy, ...more }
      response.writeHead(status, headers).end(body)
    }
    const json = (value: unknown, status = 200, more = {}) =>
      send(JSON.stringify(value), 'application/json', status, more)
    const redirect = (to: string) => response.writeHead(303, { Location: to }).end()

    const file = files.get(pathname.replace('/assets/', ''))
    if (file !== undefined) return send(file, TYPES[pathname.split('.').at(-1) ?? ''])
    const view = PAGES[pathname]
    if (view !== undefined) return send(view(page))
    if (pathname === '/renderer.js') return send(RENDERER, 'text/javascript')
    if (pathname === '/echo') return json(request.headers)
    if (pathname === '/refuse') {
      const code = searchParams.get('code') ?? ''
      const more = code && { 'X-Gateway-Error': code, 'X-Request-Id': 'req-7' }
      return json({}, Number(searchParams.get('status')), { ...more })
    }
    if (pathname === '/app') {
      const body = await bodyOf(request)
      if (now.person === undefined) {
        return json({}, 401, { 'X-Gateway-Error': 'session_expired' })
      }
      if (now.busy > 0) {
        now.busy -= 1
        return json({}, 429, { 'X-Gateway-Error': 'tenant_busy', 'Retry-After': '1' })
      }
      now.asked.push(body)
      return json({ body, tenant: request.headers['x-dashgate-tenant'] })
    }
    if (pathname === '/worker.js') return send(WORKER, 'text/javascript')
    if (pathname === '/counter.js') return send(COUNTER, 'text/javascript')
    if (pathname === '/login') {
      if (now.next === undefined) return send('<!doctype html><title>Sign in</title>')
      now.person = now.next.person
      now.tenant = now.next.tenant
      return void redirect(searchParams.get('return_to') ?? '/')
    }
    if (pathname.endsWith('/_dash-update-component')) {
      if (now.failing === 0) return json({ response: { paid: { children: '120 paid' } } })
      now.failing -= 1
      return json({}, 500, { 'X-Request-Id': 'req-7' })
    }
    if (pathname.startsWith('/api/') && now.views !== undefined) {
      const { method = 'GET' } = request
      const asked = { method, path: pathname, body: await bodyOf(request) }
      const { status, body } = answerViews(now.views, asked) ?? { status: 404, body: {} }
      return status === 204 ? void response.writeHead(204).end() : json(body, status)
    }
    if (pathname === '/session/activity') now.activity += 1
    if (pathname.startsWith('/session') && pathname in SESSION) return session(json)
    if (request.method === 'POST') {
      const form = new URLSearchParams(await bodyOf(request))
      if (pathname === '/logout') {
        now.person = undefined
        return void redirect('/signed-out')
      }
      if (pathname === '/favourites') {
        const slug = form.get('dashboard') ?? ''
        now.favourites = now.favourites.filter((one) => one !== slug)
        if (form.get('favourite') === 'yes') now.favourites.push(slug)
        return void redirect('/')
      }
      now.tenant = form.get('tenant') ?? ''
      now.reasons.push(form.getAll('reason').find(Boolean) ?? '')
      return void redirect(form.get('return_to') ?? '/')
    }
    if (now.person === undefined) return send(error(page, 401, 'session_expired'))
    if (pathname === '/signed-in') {
      const wanted = searchParams.get('tenant')
      const brand = brandOf(wanted ?? now.tenant)
      const goOnFor = { id: brand.tenantId, displayName: brand.displayName }
      const isOther = brand.tenantId !== now.tenant
      const model = { page, person: now.person, brand: brandOf(now.tenant) }
      return send(signedInPage({ ...model, ...(isOther && { goOnFor }) }))
    }
    if (pathname === '/tenant') {
      const tenant = searchParams.get('to')
      const returnTo = searchParams.get('return_to') ?? '/'
      if (tenant !== null) return send(reason(page, tenant, returnTo))
      return send(searchedChooser(page, (searchParams.get('q') ?? '').toLowerCase()))
    }
    if (pathname === '/') {
      const query = searchParams.get('q') ?? ''
      if (query !== '') return send(homeSearched(page, now.person, now.tenant, query))
      return send(home(page, now.person, now.tenant, now.favourites))
    }
    const [, folder, slug = ''] = pathname.split('/')
    if (folder !== 'dashboard') return send(error(page, 404, 'not_found'))
    if (request.headers['sec-fetch-dest'] === 'document') {
      const shownId = searchParams.get('view')
      const views = now.views && {
        listed: now.views.map(listedView),
        ...(shownId !== null && { shownId }),
      }
      return send(dashboard(page, now.person, now.tenant, path, views))
    }
    const act = now.apps[slug] ?? 'render'
    if (act === 'drop') return void response.destroy()
    if (act === 'plain') return send('plain figures', 'text/plain')
    if (act === 'expired') return send(sessionEndedFramePage({ page }))
    if (act === 'down') return send(error(page, 502, 'app_unreachable', true))
    const tenant = now.appTenant ?? now.tenant
    const app = fakeApp({ assets, nonce: NONCE, tenant, slug, act, person: now.person.email })
    send(app, 'text/html', 200, { 'Content-Security-Policy': APP_POLICY })
  }

  function session(json: (value: unknown, status?: number) => void): void {
    if (now.person === undefined) return json({ error: 'session_expired' }, 401)
    json({
      user: { sub: 's-1', email: now.person.email },
      role: now.person.role,
      activeTenant: now.tenant,
      tenants: Object.keys(TENANTS).map((id) => ({ id, displayName: brandOf(id).displayName })),
      secondsLeft: Math.max(0, (now.endsAt - Date.now()) / 1000),
      endsBy: now.endsBy,
      csrfToken: 't',
    })
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}
