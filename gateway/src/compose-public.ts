import { fileURLToPath } from 'node:url'
import type { Context } from 'hono'
import { auditOpening, requireAccess } from './access/access-stage.ts'
import { createStaffVisitsStore } from './audit/staff-visits-store.ts'
import type { Config } from './config.ts'
import { providerSettings } from './config/provider.ts'
import { createDatasets } from './data/datasets.ts'
import type { FileStorage } from './data/file-storage.ts'
import { createFreshness } from './data/freshness.ts'
import { clientAddresses, trustedPeers } from './edge/client-address.ts'
import { noteClientAddress } from './edge/client-address-stage.ts'
import { csrf } from './edge/csrf.ts'
import { intake } from './edge/intake.ts'
import { requestId } from './edge/request-id.ts'
import { baseSecurityHeaders, securityHeaders } from './edge/security-headers.ts'
import type { Foundation } from './foundation.ts'
import { limitsByTenant } from './limits/limits.ts'
import { limitRequests } from './limits/request-limit.ts'
import { limitAccount, limitBackchannel, limitSignIn } from './limits/sign-in-limit.ts'
import type { Logger } from './observability/logger.ts'
import { createMarkStore } from './marks/mark-store.ts'
import { setFavourite } from './marks/set-favourite.ts'
import { createLoginTransactions } from './oidc/login-transaction.ts'
import { createRelyingParty } from './oidc/relying-party.ts'
import { safeReturnTo } from './oidc/return-to.ts'
import { signInRoutes } from './oidc/sign-in.ts'
import { signOutRoutes } from './oidc/sign-out.ts'
import { createPreferenceRoutes } from './preferences/preferences-routes.ts'
import { changeOwnViews, createViewRoutes } from './preferences/views-routes.ts'
import { personQueryKey, tenantQueryKey } from './proxy/guard-keys.ts'
import { createPublicApp } from './public-app.ts'
import type { GatewayEnv } from './request-context.ts'
import { mayActFor } from './session/principal.ts'
import { createRefreshStore } from './session/refresh-store.ts'
import { createRefresher, refreshSession } from './session/refresh.ts'
import {
  loadSession,
  noteActivity,
  noteNavigation,
  requireSession,
} from './session/session-stage.ts'
import { arrive, arrivalPath } from './session/arrival.ts'
import { endOwnSessions } from './session/end-own-sessions.ts'
import { createOwnSessionsStore } from './session/own-sessions-store.ts'
import { createSessionStarter } from './session/sign-in-session.ts'
import { sharedStage } from './shared-assets/shared-stage.ts'
import { loadAssets } from './shell/assets.ts'
import { errorPages } from './shell/error-pages.ts'
import { saveSettings } from './shell/settings-cookie.ts'
import { shellPages } from './shell/shell-pages.ts'
import { staffPages } from './shell/staff-pages.ts'
import { usagePages } from './shell/usage-pages.ts'
import { requireTenant } from './tenant/active-tenant.ts'
import { switchTenant } from './tenant/switch-tenant.ts'
import { callbackFigures } from './usage/callback-figures.ts'
import { usageCsv } from './usage/usage-csv.ts'
import { createUsageStore } from './usage/usage-store.ts'
import { composeProxy } from './compose-proxy.ts'

const defaultWebDist = fileURLToPath(new URL('../../web/dist', import.meta.url))

const relyingPartyOf = (config: Config, { clock }: Foundation) =>
  createRelyingParty({
    ...providerSettings(config),
    publicUrl: config.PUBLIC_URL,
    now: clock.now,
  })

/** Where a form may end up that signs out: the issuer is not always where the provider's pages are. */
const providerOrigins = (config: Config) => {
  const { issuer, discoveryUrl } = providerSettings(config)
  return [...new Set([issuer, discoveryUrl].map((url) => new URL(url).origin))]
}

/** Refused logout tokens that one address may send in a minute. */
const refusedLogoutsPerMinute = 60

/** How often an address may look after its sessions in a minute. */
const accountRequestsPerMinute = 120

/** What the settings allow each tenant, where it has no limits of its own. */
const composeLimits = (config: Config, { directory }: Foundation) =>
  limitsByTenant(
    {
      requestsPerMinute: config.TENANT_REQUESTS_PER_MINUTE,
      userRequestsPerMinute: config.USER_REQUESTS_PER_MINUTE,
      requestsAtOnce: config.TENANT_REQUESTS_AT_ONCE,
      userRequestsAtOnce: config.USER_REQUESTS_AT_ONCE,
      streams: config.TENANT_STREAMS,
      userStreams: config.USER_STREAMS,
    },
    (id) => directory.tenant(id),
  )

const composeClientAddresses = (config: Config, logger: Logger) =>
  clientAddresses({
    trustedProxies: config.TRUSTED_PROXIES,
    onUntrusted: (peer) =>
      logger.warn(
        'X-Forwarded-For comes from an address that TRUSTED_PROXIES does not name, and is not read. If that is your own proxy, all its clients count as one',
        { peer },
      ),
  })

/** Whose views and filters a request is about: from what was verified, and from nothing else of it. */
const viewWriterOf = (c: Context<GatewayEnv>) => {
  const { issuer, sub, email } = c.get('session').principal
  return {
    tenantId: c.get('session').activeTenantId ?? '',
    issuer,
    sub,
    email,
    requestId: c.get('requestId'),
  }
}
const preferenceWriterOf = (c: Context<GatewayEnv>) => ({
  ...viewWriterOf(c),
  dashboard: c.get('dashboard').slug,
})

/** Creates what only the public listener needs, and its application. */
export function composePublic(
  config: Config,
  foundation: Foundation,
  { logger, storage }: { logger: Logger; storage: FileStorage },
) {
  const { audit, clock, cookies, directory, keyRings, metrics, registry, report, sessionStore } =
    foundation
  const publicOrigin = config.PUBLIC_URL
  const secure = publicOrigin.startsWith('https:')
  const returnTo = (wanted: string | undefined) => safeReturnTo(wanted, publicOrigin)
  const relyingParty = relyingPartyOf(config, foundation)
  const starter = createSessionStarter({
    store: sessionStore,
    cookies,
    keys: keyRings,
    idleSeconds: config.SESSION_IDLE_SECONDS,
    absoluteSeconds: config.SESSION_ABSOLUTE_SECONDS,
    now: clock.now,
  })
  const refresher = createRefresher({
    askProvider: (refreshToken) => relyingParty.refresh(refreshToken),
    store: createRefreshStore(foundation.database),
    keys: keyRings,
    end: (idHash) => registry.revoked(idHash),
    record({ principal: { sub, email }, activeTenantId }, reason, requestId) {
      metrics.countRefresh('refused')
      metrics.countSession('ended', reason)
      return audit.record({
        action: 'session.ended',
        actor: { type: 'user', id: sub, email },
        ...(activeTenantId === undefined ? {} : { tenantId: activeTenantId }),
        requestId,
        detail: { reason },
      })
    },
    onFault(error) {
      logger.warn('a session could not be refreshed', { error })
      metrics.countRefresh('failed')
    },
    onRefreshed: () => metrics.countRefresh('refreshed'),
    now: clock.now,
  })
  const assets = loadAssets(config.WEB_DIST ?? defaultWebDist)
  const formTargets = providerOrigins(config)
  const pagesOfErrors = errorPages({
    assets,
    formTargets,
    contact: config.SUPPORT_CONTACT,
    secure,
  })
  const limitsOf = composeLimits(config, foundation)
  const ownSessions = createOwnSessionsStore(foundation.database)
  const marks = createMarkStore(foundation.database)
  const staff = staffPages({
    assets,
    directory,
    ownSessions,
    visits: createStaffVisitsStore(foundation.database),
    safeReturnTo: returnTo,
    formTargets,
  })
  const { proxy, shared, close } = composeProxy(config, foundation, { assets, limitsOf, logger })

  const app = createPublicApp({
    stages: {
      requestId: requestId(trustedPeers(config.TRUSTED_PROXIES)),
      clientAddress: noteClientAddress(composeClientAddresses(config, logger)),
      accessLog: foundation.log('public'),
      securityHeaders: securityHeaders(secure),
      intake: intake([new URL(publicOrigin).host]),
      csrf: csrf({
        publicOrigin,
        tokenFor(cookieHeader) {
          const value = cookies.only(cookieHeader)
          return value === undefined ? undefined : cookies.csrfToken(value)
        },
        exempt: ['/auth/backchannel-logout'],
      }),
      limitSignIn: limitSignIn(config.SIGN_IN_REQUESTS_PER_MINUTE),
      limitBackchannel: limitBackchannel(refusedLogoutsPerMinute),
      limitAccount: limitAccount(accountRequestsPerMinute),
      limitRequests: limitRequests(limitsOf),
      loadSession: loadSession({ cookies, registry }),
      refreshSession: refreshSession(refresher),
      noteNavigation: noteNavigation(registry),
      noteActivity: noteActivity(registry),
      requireSession: requireSession(pagesOfErrors),
      requireTenant: requireTenant({
        queryKeys: { tenant: tenantQueryKey, person: personQueryKey },
        choose: (path) => `/tenant?return_to=${encodeURIComponent(path)}`,
      }),
      // `/dashboard/<slug>/…` and `/api/preferences/<slug>/…`
      requireAccess: requireAccess({ assignments: directory, audit, segment: 2 }),
      requirePreferenceAccess: requireAccess({ assignments: directory, audit, segment: 3 }),
      auditOpening: auditOpening({ audit }),
      sharedAsset: sharedStage({
        assets: shared,
        publicOrigin,
        baseHeaders: baseSecurityHeaders(secure),
        dashboardsOf: ({ principal, activeTenantId = '' }) =>
          mayActFor(principal, activeTenantId) &&
          directory.tenant(activeTenantId)?.status === 'active'
            ? directory.dashboardsOf(activeTenantId)
            : [],
      }),
      proxy,
    },
    pages: shellPages({
      assets,
      directory,
      cookies,
      ownSessions,
      chooser: staff.chooser,
      marks,
      newestDataOf: createFreshness({
        list: createDatasets(storage).list,
        onFault: (error) => logger.warn('the age of datasets could not be read', { error }),
      }),
      onMarkFault: (error) => logger.warn('an opening could not be marked', { error }),
      views: foundation.views,
      contact: config.SUPPORT_CONTACT,
      onFault: (error) => logger.warn('the views of a dashboard could not be read', { error }),
      formTargets,
      lateScriptsOf: (...view) => shared.firstLoads.urlsFor(...view),
    }),
    staff,
    usage: usagePages({
      assets,
      directory,
      usage: createUsageStore(foundation.database),
      csvOf: usageCsv,
      callbacks: async () => callbackFigures(await metrics.snapshot()),
      formTargets,
    }),
    errorPages: pagesOfErrors,
    assets,
    signIn: signInRoutes({
      relyingParty,
      transactions: createLoginTransactions(keyRings),
      starter,
      store: sessionStore,
      registry,
      tenant: (id) => directory.tenant(id),
      audit,
      publicOrigin,
      arrivalPath,
      count: metrics.countSession,
      report: (facts) => logger.warn('a sign-in came to nothing', facts),
    }),
    signOut: signOutRoutes({
      relyingParty,
      store: sessionStore,
      registry,
      cookies,
      audit,
      count: metrics.countSession,
    }),
    arrive: arrive({
      safeReturnTo: returnTo,
      opening: (c, next) => pagesOfErrors.opening(c, next),
    }),
    saveSettings,
    setFavourite: setFavourite({ directory, marks }),
    endOwnSessions: endOwnSessions({
      store: ownSessions,
      registry,
      audit,
      count: metrics.countSession,
    }),
    changeOwnViews: changeOwnViews(foundation.views, viewWriterOf),
    switchTenant: switchTenant({ directory, starter, registry, audit, safeReturnTo: returnTo }),
    preferences: createPreferenceRoutes<GatewayEnv>(foundation.preferences, preferenceWriterOf),
    views: createViewRoutes(foundation.views, preferenceWriterOf),
    report,
  })
  const closeAll = () => refresher.settled().then(close)
  return { app, close: closeAll, tooLarge: pagesOfErrors.tooLarge }
}
