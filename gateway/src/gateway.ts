import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Hono } from 'hono'
import { accessLog, type AccessRecord } from './edge/access-log.ts'
import { requireAccess, auditOpening } from './access/access-stage.ts'
import { createAdminApp } from './admin-app.ts'
import { createAuditStore } from './audit/audit-store.ts'
import type { Config } from './config.ts'
import { createBlobStorage } from './data/blob-storage.ts'
import { connectDatabase } from './db/client.ts'
import { listenForChanges } from './db/notifications.ts'
import { csrf } from './edge/csrf.ts'
import type { GatewayError } from './edge/gateway-error.ts'
import { intake } from './edge/intake.ts'
import { requestId } from './edge/request-id.ts'
import { securityHeaders } from './edge/security-headers.ts'
import { createInternalApp } from './internal-app.ts'
import { loadKeyRings } from './keys/key-rings.ts'
import { createTenantTokens } from './keys/tenant-token.ts'
import type { Logger } from './observability/logger.ts'
import { createMetrics } from './observability/metrics.ts'
import { createLoginTransactions } from './oidc/login-transaction.ts'
import { createRelyingParty } from './oidc/relying-party.ts'
import { safeReturnTo } from './oidc/return-to.ts'
import { signInRoutes } from './oidc/sign-in.ts'
import { signOutRoutes } from './oidc/sign-out.ts'
import { createOpsApp } from './ops-app.ts'
import { createPreferenceRoutes } from './preferences/preferences-routes.ts'
import { createPreferenceStore } from './preferences/preference-store.ts'
import { createAppPools } from './proxy/app-pools.ts'
import { createTenantTokenCache } from './proxy/tenant-token-cache.ts'
import { tenantQueryKey } from './proxy/index-page.ts'
import { httpHandler } from './proxy/http-handler.ts'
import { proxyStage } from './proxy/proxy-stage.ts'
import { socketHandler } from './proxy/socket-handler.ts'
import { createTunnel } from './proxy/tunnel.ts'
import { createPublicApp } from './public-app.ts'
import type { GatewayEnv } from './request-context.ts'
import { startServers, type Listener } from './servers.ts'
import { createRefresher, refreshSession } from './session/refresh.ts'
import { createSessionCookies } from './session/session-cookie.ts'
import { createSessionRegistry } from './session/session-registry.ts'
import { loadSession, requireSession } from './session/session-stage.ts'
import { createSessionStarter } from './session/sign-in-session.ts'
import { createSessionStore } from './session/session-store.ts'
import { loadAssets } from './shell/assets.ts'
import { errorPages } from './shell/error-pages.ts'
import { shellPages } from './shell/shell-pages.ts'
import { requireTenant } from './tenant/active-tenant.ts'
import { createTenantDirectory } from './tenant/directory.ts'
import { switchTenant } from './tenant/switch-tenant.ts'

/** How long running requests may take to end once the gateway is asked to stop. */
const drainMs = 10_000
const sweepEveryMs = 30_000

const defaultWebDist = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** The files of the admin listener; it stays closed without them. */
function adminTls(config: Config) {
  const { ADMIN_CA_FILE: ca, ADMIN_CERT_FILE: cert, ADMIN_KEY_FILE: key } = config
  if (ca === undefined || cert === undefined || key === undefined) return undefined
  return { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) }
}

/**
 * Creates everything that the gateway consists of, once, and starts its listeners.
 *
 * @throws when the database cannot be reached, or its role could get round row-level security
 */
export async function startGateway(config: Config, logger: Logger) {
  const publicOrigin = config.PUBLIC_URL
  const secure = publicOrigin.startsWith('https:')
  const metrics = createMetrics()
  const database = connectDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
  })
  await database.assertLeastPrivilege()

  const keyRings = await loadKeyRings(database, config.MASTER_KEY)
  const audit = createAuditStore(database)
  const directory = createTenantDirectory(database)
  await directory.reload()
  const tenantTokens = createTenantTokens(keyRings, { issuer: publicOrigin, lifetimeSeconds: 900 })

  const failed = (what: string) => (error: unknown) => logger.error(what, { error })

  // Who is calling
  const sessionStore = createSessionStore(database)
  const cookies = createSessionCookies(keyRings, config.SESSION_ABSOLUTE_SECONDS)
  const registry = createSessionRegistry({
    cookies,
    store: sessionStore,
    notificationsCurrent: () => notifications.isCurrent(),
    idleSeconds: config.SESSION_IDLE_SECONDS,
    graceSeconds: config.REVOCATION_GRACE_SECONDS,
    onExtendFailure: (error) =>
      logger.warn('the idle end of a session could not be written', { error }),
  })
  const starter = createSessionStarter({
    store: sessionStore,
    cookies,
    keys: keyRings,
    idleSeconds: config.SESSION_IDLE_SECONDS,
    absoluteSeconds: config.SESSION_ABSOLUTE_SECONDS,
  })
  const notifications = await listenForChanges(database, {
    metadata: () => void directory.reload().catch(failed('tenants could not be read again')),
    keys: () => void keyRings.reload().catch(failed('keys could not be read again')),
    session: (idHash) => registry.revoked(idHash),
    resync: () =>
      void Promise.all([directory.reload(), keyRings.reload(), registry.recheckAll()]).catch(
        failed('the state could not be read again'),
      ),
  })
  const sweeping = setInterval(() => registry.sweep(), sweepEveryMs)

  // The relying party
  const relyingParty = createRelyingParty({
    issuer: config.OIDC_ISSUER,
    clientId: config.OIDC_CLIENT_ID,
    clientSecret: config.OIDC_CLIENT_SECRET,
    scopes: config.OIDC_SCOPES,
    claimNames: {
      tenantId: config.CLAIM_TENANT_ID,
      role: config.CLAIM_ROLE,
      email: config.CLAIM_EMAIL,
      tenants: config.CLAIM_TENANTS,
    },
    publicUrl: publicOrigin,
    allowInsecureIssuer: config.INSECURE_HTTP_ISSUER,
  })
  const returnTo = (wanted: string | undefined) => safeReturnTo(wanted, publicOrigin)

  // The shell
  const assets = loadAssets(config.WEB_DIST ?? defaultWebDist)
  const pagesForErrors = errorPages(assets)
  const report = (error: GatewayError, id: string) =>
    logger.error(error.message, { requestId: id, errorCode: error.code, cause: error.cause })

  // On to the apps
  const pools = createAppPools({ timeoutMs: config.UPSTREAM_TIMEOUT_SECONDS * 1000 })
  const tokens = createTenantTokenCache(tenantTokens)
  const proxy = proxyStage({
    forward: httpHandler({
      pools,
      tokens,
      publicOrigin,
      frameScript: assets.urls.frameScript,
      maxBodyBytes: config.MAX_BODY_BYTES,
    }),
    openSocket: socketHandler({
      tunnel: createTunnel(),
      tokens,
      publicOrigin,
      socketOpened(tenantId, dashboard) {
        const labels = { tenant_id: tenantId, dashboard }
        metrics.openSockets.inc(labels)
        return () => metrics.openSockets.dec(labels)
      },
    }),
  })

  const log = (listener: string) =>
    accessLog((record: AccessRecord) => {
      metrics.countRequest(listener, record)
      const { tenantId, ...rest } = record
      logger.info('request', {
        listener,
        ...rest,
        ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
      })
    })

  const tenantStage = requireTenant({
    queryKey: tenantQueryKey,
    choose: (path) => `/tenant?return_to=${encodeURIComponent(path)}`,
  })
  const preferenceStore = createPreferenceStore(database)
  const preferences = new Hono<GatewayEnv>()
  preferences.use(
    '/:slug/*',
    tenantStage,
    requireAccess({ assignments: directory, audit, segment: 3 }),
  )
  preferences.route(
    '/:slug',
    createPreferenceRoutes<GatewayEnv>(preferenceStore, (c) => ({
      tenantId: c.get('tenant').id,
      issuer: c.get('session').principal.issuer,
      sub: c.get('session').principal.sub,
      dashboard: c.get('dashboard').slug,
    })),
  )

  const publicApp = createPublicApp({
    stages: {
      requestId: requestId(),
      accessLog: log('public'),
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
      loadSession: loadSession({ cookies, registry }),
      refreshSession: refreshSession(
        createRefresher({
          askProvider: (refreshToken) => relyingParty.refresh(refreshToken),
          store: sessionStore,
          keys: keyRings,
          end: (idHash) => registry.revoked(idHash),
          onFault: (error) => logger.warn('a session could not be refreshed', { error }),
        }),
      ),
      requireSession: requireSession(pagesForErrors),
      requireTenant: tenantStage,
      requireAccess: requireAccess({ assignments: directory, audit, segment: 2 }),
      auditOpening: auditOpening({ audit }),
      proxy,
    },
    pages: shellPages({
      assets,
      directory,
      cookies,
      safeReturnTo: returnTo,
      providerOrigin: new URL(config.OIDC_ISSUER).origin,
    }),
    errorPages: pagesForErrors,
    assets,
    signIn: signInRoutes({
      relyingParty,
      transactions: createLoginTransactions(() => keyRings.cookiePasswords()),
      starter,
      store: sessionStore,
      tenant: (id) => directory.tenant(id),
      audit,
      publicOrigin,
      count: metrics.countSession,
    }),
    signOut: signOutRoutes({
      relyingParty,
      store: sessionStore,
      registry,
      cookies,
      audit,
      count: metrics.countSession,
    }),
    switchTenant: switchTenant({ directory, starter, registry, audit, safeReturnTo: returnTo }),
    preferences,
    report,
  })

  const internalApp = createInternalApp({
    tenantTokens,
    keyRings,
    directory,
    datasets: createBlobStorage(config.BLOB_CONNECTION_STRING),
    preferences: preferenceStore,
    isSessionLive: (sid) => registry.isLive(sid),
    issuer: config.OIDC_ISSUER,
    edge: [requestId(), log('internal'), intake()],
    report,
  })

  const listeners: Listener[] = [
    { name: 'public', address: config.PUBLIC_LISTEN, app: publicApp, upgrades: true },
    { name: 'internal', address: config.INTERNAL_LISTEN, app: internalApp },
    {
      name: 'ops',
      address: config.OPS_LISTEN,
      app: createOpsApp({ metrics, ready: () => database.ping() }),
    },
  ]
  const tls = adminTls(config)
  if (tls) {
    const adminApp = createAdminApp({
      database,
      audit,
      keyRings,
      allowedSubjects: config.ADMIN_CLIENT_SUBJECTS,
      edge: [requestId(), log('admin'), intake()],
      report,
    })
    listeners.push({ name: 'admin', address: config.ADMIN_LISTEN, app: adminApp, tls })
  }
  const servers = await startServers(listeners)

  return {
    port: servers.port,
    /** Drains and closes everything; resolves when nothing of the gateway is left. */
    async stop(): Promise<void> {
      clearInterval(sweeping)
      registry.cutAll()
      await servers.stop(drainMs)
      await notifications.close()
      await pools.close()
      await database.close()
    },
  }
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>
