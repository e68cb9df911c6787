import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { appPolicy } from '../edge/security-headers.ts'
import { notFound } from '../edge/error-response.ts'
import { acceptedCodings } from '../http/content-coding.ts'
import { sendRepresentation } from '../http/send-representation.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { LiveSession } from '../session/live-session.ts'
import { contentTypes, isBuild, type SharedApp } from './builds.ts'
import type { Found, SharedAssets } from './shared-assets.ts'
import { isShareable, parseSuitePath, suitesFolder } from './suite-path.ts'

export interface SharedStageOptions {
  readonly assets: Pick<SharedAssets, 'find' | 'firstLoads'>
  readonly publicOrigin: string
  readonly baseHeaders: Readonly<Record<string, string>>
  /** The dashboards that a session may see. */
  readonly dashboardsOf: (session: LiveSession) => readonly SharedApp[]
}

const pathForm = /^\/_shared\/([^/]+)\/_dash-component-suites\/(.+)$/

/** The policy of a worker that is started from a file of a build: it has no page to take one from. */
const workerPolicy = appPolicy('none')

/** Path of the page that asks. It decides nothing but which of the allowed dashboards is meant. */
function askingPage(referer: string | undefined, publicOrigin: string): string | undefined {
  const url = URL.parse(referer ?? '')
  return url?.origin === publicOrigin ? url.pathname : undefined
}

const slugOf = (pagePath: string | undefined) =>
  /^\/dashboard\/([a-z0-9-]+)\//.exec(pagePath ?? '')?.[1]

/**
 * Who may keep a file. What the name of the build says, everybody: it can have no other content. A
 * chunk is what an app said it is, and any app can have the bundles that make a build: its chunk, kept
 * by a cache for others or by a browser for the next person, would run in their dashboards.
 */
function keeping({ isCommon, isInName }: Pick<Found, 'isCommon' | 'isInName'>) {
  if (!isCommon) return { 'cache-control': 'no-store' }
  if (isInName) return { 'cache-control': 'public, max-age=31536000, immutable' }
  return { 'cache-control': 'private, max-age=31536000, immutable', vary: 'Cookie' }
}

/**
 * Another replica made the page, and this one has yet to see one: the dashboard's own address has
 * the file. It says nothing of which dashboards there are: the slug is the client's.
 */
function toOwnAddress(c: Context<GatewayEnv>, slug: string | undefined, path: string): Response {
  if (slug === undefined) throw notFound()
  c.header('Cache-Control', 'no-store')
  return c.redirect(`/dashboard/${slug}/${suitesFolder}${path}`, 307)
}

/**
 * GET /_shared/<build>/_dash-component-suites/…: files that are the same for all tenants. They hold
 * nothing of anybody, and may be kept by any cache; a session is asked for all the same, since an
 * organisation's own components are its business. Nothing of the session is in the answer: this
 * comes before whatever could set a cookie.
 */
export function sharedStage(options: SharedStageOptions) {
  const { assets, publicOrigin, baseHeaders, dashboardsOf } = options

  function appsFor(c: Context<GatewayEnv>, slug: string | undefined): readonly SharedApp[] {
    const all = dashboardsOf(c.get('session'))
    const asking = all.find((one) => one.slug === slug)
    return asking ? [asking, ...all.filter((one) => one !== asking)] : all
  }

  return async function sharedAsset(c: Context<GatewayEnv>): Promise<Response> {
    const { incoming, outgoing } = c.env
    const [, build = '', asked = ''] = pathForm.exec(c.get('target').path) ?? []
    // Whatever fingerprint it is asked for with: they are never a key.
    const { path } = parseSuitePath(asked)
    if (!outgoing || !isBuild(build) || !isShareable(path)) throw notFound()
    const page = askingPage(incoming.headers.referer, publicOrigin)
    const slug = slugOf(page)
    const accepted = acceptedCodings(incoming.headers['accept-encoding']?.toString())
    const found = await assets.find(appsFor(c, slug), build, path, accepted)
    if (found === 'unknown') return toOwnAddress(c, slug, path)
    // An app that has moved on would give a file of another build: a mix is worse than none.
    if (found === 'moved_on') throw notFound()
    const tenantId = c.get('session').activeTenantId
    if (!found.isNamed && tenantId !== undefined && page !== undefined && found.app.slug === slug) {
      assets.firstLoads.lateFile(tenantId, page, build, path)
    }
    sendRepresentation(incoming, outgoing, found.representation, {
      ...baseHeaders,
      'Content-Security-Policy': workerPolicy,
      'content-type': contentTypes[found.type],
      ...keeping(found),
      'x-request-id': c.get('requestId'),
    })
    return RESPONSE_ALREADY_SENT
  }
}
