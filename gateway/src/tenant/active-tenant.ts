import { createMiddleware } from 'hono/factory'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'

/** Header in which the scripts of a document repeat the tenant that it was made for. */
export const tenantHeader = 'x-dashgate-tenant'

export const tenantMismatch = () =>
  new GatewayError(
    409,
    'tenant_mismatch',
    'You have switched to another client in the meantime. Reload the page to go on with that one.',
  )

const noTenant = () =>
  new GatewayError(409, 'no_active_tenant', 'Choose the client that you want to work for first.')

/**
 * A tab that was opened for one tenant must never show another's data: what its requests repeat is
 * compared with the session's tenant. The repeated value can only narrow, never grant.
 *
 * @param repeated what the request says its document was made for; `undefined` says nothing
 */
export function contradicts(
  activeTenantId: string,
  repeated: string | string[] | undefined,
): boolean {
  return repeated !== undefined && repeated !== activeTenantId
}

export interface TenantStageOptions {
  /** Query key that carries the tenant of a handshake, which cannot have headers of its own. */
  readonly queryKey: string
  /** Asks staff for a tenant and brings them back to where they wanted to go. */
  readonly choose: (returnTo: string) => string
}

/** For whom? Refuses requests of a document that was made for another tenant. */
export const requireTenant = ({ queryKey, choose }: TenantStageOptions) =>
  createMiddleware<GatewayEnv>(async function requireTenant(c, next) {
    const { path, query } = c.get('target')
    const { activeTenantId } = c.get('session')
    if (activeTenantId === undefined) {
      if (c.get('clientKind') !== 'document') throw noTenant()
      return c.redirect(choose(path + query), 302)
    }
    const repeated =
      c.env.incoming.headers[tenantHeader] ?? new URLSearchParams(query).getAll(queryKey)[0]
    if (contradicts(activeTenantId, repeated)) throw tenantMismatch()
    await next()
  })
