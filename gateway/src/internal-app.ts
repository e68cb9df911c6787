import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { createDatasetRoutes } from './data/dataset-routes.ts'
import { createDatasets } from './data/datasets.ts'
import { isNotModified } from './http/entity-tag.ts'
import type { FileStorage } from './data/file-storage.ts'
import { errorResponse, notFound, type ErrorResponseOptions } from './edge/error-response.ts'
import { GatewayError } from './edge/gateway-error.ts'
import { continuedTrace } from './edge/trace-context.ts'
import type { KeyRings } from './keys/key-rings.ts'
import type { TenantTokenClaims, TenantTokens } from './keys/tenant-token.ts'
import type { PreferenceStore } from './preferences/preference-store.ts'
import { createPreferenceRoutes } from './preferences/preferences-routes.ts'
import type { GatewayEnv, GatewayVariables } from './request-context.ts'
import { appContext } from './tenant/app-context.ts'
import type { TenantDirectory } from './tenant/directory.ts'
import type { Dashboard, Tenant } from './tenant/tenant.ts'

export interface InternalDependencies {
  readonly tenantTokens: Pick<TenantTokens, 'verify'>
  readonly keyRings: Pick<KeyRings, 'publicJwks'>
  readonly directory: Pick<TenantDirectory, 'tenant' | 'dashboardsOf' | 'configFor'>
  readonly datasets: FileStorage
  readonly preferences: PreferenceStore
  /** Whether the session of that hash is neither revoked nor past its end. */
  readonly isSessionLive: (sid: string) => Promise<boolean>
  /** Of the OpenID provider: with the subject, it names the user. */
  readonly issuer: string
  /** What every request gets on every listener. */
  readonly edge: readonly MiddlewareHandler<GatewayEnv>[]
  readonly report: ErrorResponseOptions['report']
}

interface InternalEnv {
  Bindings: GatewayEnv['Bindings']
  Variables: GatewayVariables & {
    /** What the verified tenant token says; set for everything but the key set. */
    claims: TenantTokenClaims
  }
}

/** The data API for Dash apps: everything but the key set needs a tenant token. */
export function createInternalApp(deps: InternalDependencies): Hono<InternalEnv> {
  const app = new Hono<InternalEnv>()
  app.onError((error, c) => errorResponse({ report: deps.report })(error, c as never))
  app.notFound(() => {
    throw notFound()
  })
  for (const stage of deps.edge) app.use(stage as MiddlewareHandler)

  app.get('/.well-known/jwks.json', (c) =>
    c.json(deps.keyRings.publicJwks(), 200, { 'Cache-Control': 'public, max-age=60' }),
  )

  app.use(requireTenantToken(deps))
  app.get('/context', (c) => answerContext(c, deps.directory))
  app.route(
    '/datasets',
    createDatasetRoutes<InternalEnv>(createDatasets(deps.datasets), {
      storagePrefixOf: (c) => c.get('tenant').storagePrefix,
      report: deps.report,
    }),
  )
  app.route(
    '/preferences',
    createPreferenceRoutes<InternalEnv>(deps.preferences, (c) => ({
      tenantId: c.get('tenant').id,
      issuer: deps.issuer,
      sub: c.get('claims').sub,
      email: c.get('claims').email,
      dashboard: c.get('dashboard').slug,
      requestId: c.get('requestId'),
    })),
  )
  return app
}

/** Kept by whoever asked, and asked for again each time: changes count at once. */
function answerContext(
  c: Context<InternalEnv>,
  directory: InternalDependencies['directory'],
): Response {
  const { claims, tenant, dashboard } = c.var
  const state = directory.configFor(tenant.id, dashboard.slug)
  const { body, etag } = appContext(claims, tenant, dashboard, state)
  const headers = { ETag: etag, 'Cache-Control': 'private, no-cache' }
  if (isNotModified(c.req.header('If-None-Match'), etag)) return c.body(null, 304, headers)
  return c.body(body, 200, { ...headers, 'Content-Type': 'application/json' })
}

/**
 * A good signature says that the request came through the gateway a few minutes ago at most. That
 * it still would is asked here: of the session, of the tenant, of the assignment.
 */
function requireTenantToken({ tenantTokens, isSessionLive, directory }: InternalDependencies) {
  const stage: MiddlewareHandler<InternalEnv> = async function requireTenantToken(c, next) {
    const claims = await tenantTokens.verify(bearerOf(c.req.header('Authorization')))
    if (!claims) throw unauthorized('invalid_token', 'Send the tenant token of the request.')
    if (!(await isSessionLive(claims.sid))) {
      throw unauthorized('session_expired', 'The session has ended. Sign in again.')
    }
    const { tenant, dashboard } = stillAllowed(claims, directory)
    // The app goes on with the trace of the request that it was given the token with.
    const trace = continuedTrace(c.env.incoming.headers)
    if (trace) c.set('traceparent', trace.traceparent)
    c.set('claims', claims)
    c.set('caller', claims)
    c.set('tenant', tenant)
    c.set('dashboard', dashboard)
    await next()
  }
  return stage
}

function stillAllowed(
  { tenantId, dashboard: slug }: TenantTokenClaims,
  directory: InternalDependencies['directory'],
): { tenant: Tenant; dashboard: Dashboard } {
  const tenant = directory.tenant(tenantId)
  const dashboard = directory.dashboardsOf(tenantId).find((assigned) => assigned.slug === slug)
  if (tenant?.status !== 'active' || !dashboard) {
    throw new GatewayError(403, 'access_ended', 'This tenant may no longer use this dashboard.')
  }
  return { tenant, dashboard }
}

/** The scheme is not case-sensitive, the token is one word (RFC 6750 §2.1, RFC 9110 §11.1). */
const bearerOf = (authorization: string | undefined): string =>
  /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '')?.[1] ?? ''

const unauthorized = (code: string, message: string) =>
  new GatewayError(401, code, message, {
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  })
