import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'
import { notFound, errorResponse, type ErrorResponseOptions } from './edge/error-response.ts'
import type { GatewayEnv } from './request-context.ts'
import type { ErrorPages } from './shell/error-pages.ts'
import type { shellPages } from './shell/shell-pages.ts'
import type { usagePages } from './shell/usage-pages.ts'
import type { staffPages } from './shell/staff-pages.ts'
import type { ShellAssets } from './shell/assets.ts'
import { inOrder, stage, type Stage } from './stage.ts'

type Middleware = MiddlewareHandler<GatewayEnv>
type Handler = (c: Parameters<Stage>[0]) => Response | Promise<Response>

/** The stages of a request, each made elsewhere; this file only puts them in order. */
export interface PublicStages {
  readonly requestId: Stage
  readonly clientAddress: Stage
  readonly accessLog: Stage
  readonly securityHeaders: Stage
  readonly intake: Stage
  readonly csrf: Stage
  readonly limitSignIn: Middleware
  readonly limitBackchannel: Middleware
  readonly loadSession: Stage
  readonly refreshSession: Stage
  readonly noteNavigation: Stage
  readonly noteActivity: Stage
  readonly requireSession: Stage
  readonly limitAccount: Middleware
  readonly limitRequests: Stage
  readonly requireTenant: Stage
  readonly requireAccess: Stage
  readonly requirePreferenceAccess: Stage
  readonly auditOpening: Stage
  readonly sharedAsset: Handler
  readonly proxy: Handler
}

export interface PublicDependencies {
  readonly stages: PublicStages
  readonly pages: ReturnType<typeof shellPages>
  readonly usage: ReturnType<typeof usagePages>
  readonly staff: Omit<ReturnType<typeof staffPages>, 'chooser'>
  readonly errorPages: Pick<ErrorPages, 'error'>
  readonly assets: Pick<ShellAssets, 'serve'>
  readonly signIn: Hono<GatewayEnv>
  readonly signOut: Hono<GatewayEnv>
  readonly arrive: Handler
  readonly endOwnSessions: Handler
  readonly saveSettings: Handler
  readonly setFavourite: Handler
  readonly switchTenant: Handler
  readonly preferences: Hono<GatewayEnv>
  readonly views: Hono<GatewayEnv>
  readonly changeOwnViews: Handler
  readonly report: ErrorResponseOptions['report']
}

/**
 * The way of a request on the public listener, top-down. WebSocket handshakes take the same way:
 * there is no second copy of any check.
 */
export function createPublicApp(dependencies: PublicDependencies): Hono<GatewayEnv> {
  const { stages, pages, staff, usage, errorPages, assets, signIn, signOut, report } = dependencies
  const app = new Hono<GatewayEnv>()
  app.onError(errorResponse({ page: (c, error) => errorPages.error(c, error), report }))
  app.notFound(() => {
    throw notFound()
  })

  // These finish every answer, refusals by all that comes after them included.
  app.use(inOrder(stages.requestId, stages.clientAddress, stages.accessLog, stages.securityHeaders))
  app.use(inOrder(stages.intake, stages.csrf))

  app.get('/assets/*', (c) => assets.serve(c))

  app.use('/login', stages.limitSignIn)
  app.use('/auth/callback', stages.limitSignIn)
  app.use('/auth/backchannel-logout', stages.limitBackchannel)
  app.use(stages.loadSession)
  // Before whatever could put a cookie into an answer that anybody may keep.
  app.get('/_shared/*', stages.requireSession, stages.limitRequests, stages.sharedAsset)
  app.use(inOrder(stages.refreshSession, stages.noteNavigation))
  app.route('/', signIn)
  app.route('/', signOut)
  app.get('/logout', (c) => pages.logout(c))
  app.get('/auth/return', dependencies.arrive)

  app.use(stages.requireSession)
  // Before the limits: a page must always hear whose it is, somebody at work stay signed in, and the
  // owner of a stolen session be able to end it.
  app.get('/session', (c) => pages.session(c))
  app.post('/session/activity', stages.noteActivity, (c) => pages.session(c))
  app.get('/signed-in', (c) => pages.signedIn(c))
  app.use('/account/*', stages.limitAccount)
  app.get('/account', (c) => pages.account(c))
  app.post('/account/sessions/end', dependencies.endOwnSessions)
  app.post('/account/settings', dependencies.saveSettings)
  app.post('/account/views', stages.requireTenant, dependencies.changeOwnViews)

  app.use(stages.limitRequests)
  app.get('/', (c) => pages.home(c))
  app.get('/tenant', (c) => staff.chooseTenant(c))
  app.post('/tenant', dependencies.switchTenant)
  app.get('/usage', (c) => usage.page(c))
  app.get('/usage.csv', (c) => usage.csv(c))
  app.post('/favourites', stages.requireTenant, dependencies.setFavourite)
  app.get('/access-log', stages.requireTenant, (c) => staff.accessLog(c))
  app.use('/api/preferences/:slug/*', inOrder(stages.requireTenant, stages.requirePreferenceAccess))
  app.route('/api/preferences/:slug', dependencies.preferences)
  app.use('/api/views/:slug/*', stages.requireTenant, stages.requirePreferenceAccess)
  app.route('/api/views/:slug', dependencies.views)

  app.use('/dashboard/*', inOrder(stages.requireTenant, stages.requireAccess))
  // Without the slash, links of the app would be relative to the wrong folder.
  app.get('/dashboard/:slug', (c) =>
    c.redirect(`${c.get('target').path}/${c.get('target').query}`, 308),
  )
  const shellPage = stage(function shellPage(c) {
    // Only the browser's own window gets the shell; its frame and all else get the app.
    const { method, headers } = c.env.incoming
    const isReading = method === 'GET' || method === 'HEAD'
    if (isReading && headers['sec-fetch-dest'] === 'document') return pages.dashboard(c)
  })
  app.all('/dashboard/*', inOrder(shellPage, stages.auditOpening, stage(stages.proxy)))
  return app
}
