import type { Context } from 'hono'
import { GatewayError } from '../edge/gateway-error.ts'
import { shellPolicy } from '../edge/security-headers.ts'
import type { GatewayEnv } from '../request-context.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { Tenant } from '../tenant/tenant.ts'

/** @param formTargets origins where the provider may end its session */
export const pageSender = (formTargets: readonly string[]) =>
  function sendPage(c: Context<GatewayEnv>, page: string): Response {
    c.header('Content-Security-Policy', shellPolicy(c.get('nonce'), formTargets))
    c.header('Cache-Control', 'no-store')
    return c.html(page)
  }

/** @throws where the session is for no tenant, or for one that is suspended */
export function activeTenant(
  c: Context<GatewayEnv>,
  directory: Pick<TenantDirectory, 'tenant'>,
): Tenant {
  const tenant = directory.tenant(c.get('session').activeTenantId ?? '')
  if (tenant?.status === 'active') return tenant
  throw new GatewayError(
    403,
    'tenant_unavailable',
    'Your organisation has no access at the moment. Ask whoever manages it.',
  )
}
