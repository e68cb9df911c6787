import type { Context } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { mayActFor } from '../session/principal.ts'
import type { SessionRegistry } from '../session/session-registry.ts'
import type { SessionStarter } from '../session/sign-in-session.ts'
import type { TenantDirectory } from './directory.ts'

export interface SwitchTenantDependencies {
  readonly directory: Pick<TenantDirectory, 'tenant'>
  readonly starter: Pick<SessionStarter, 'switchTenant'>
  readonly registry: Pick<SessionRegistry, 'revoked'>
  readonly audit: Pick<AuditStore, 'record'>
  readonly safeReturnTo: (wanted: string | undefined) => string
}

/** A form with two short fields. */
const maxForm = 8 * 1024

/**
 * POST /tenant: staff choose the tenant that they act for. The session gets a new id, and whatever
 * the old one still has open, in whichever tab, is cut off.
 */
export const switchTenant = ({
  directory,
  starter,
  registry,
  audit,
  safeReturnTo,
}: SwitchTenantDependencies) =>
  async function switchTenant(c: Context<GatewayEnv>): Promise<Response> {
    if (Number(c.env.incoming.headers['content-length'] ?? Infinity) > maxForm) {
      throw new GatewayError(413, 'body_too_large', 'The form is too large.')
    }
    const form = await c.req.parseBody()
    const session = c.get('session')
    const { principal } = session
    const tenant = typeof form['tenant'] === 'string' ? directory.tenant(form['tenant']) : undefined
    const allowed =
      principal.role === 'admin' && tenant?.status === 'active' && mayActFor(principal, tenant.id)
    if (!allowed) {
      throw new GatewayError(
        403,
        'tenant_not_allowed',
        'You may not act for this client. Choose another one.',
      )
    }
    const next = await starter.switchTenant(session, tenant.id)
    await audit.record({
      action: 'tenant.switched',
      actor: { type: 'user', id: principal.sub, email: principal.email },
      tenantId: tenant.id,
      requestId: c.get('requestId'),
      detail: { from: session.activeTenantId ?? null },
    })
    registry.revoked(session.idHash)
    c.header('Set-Cookie', next.setCookie)
    c.header('Cache-Control', 'no-store')
    const returnTo = typeof form['return_to'] === 'string' ? form['return_to'] : undefined
    return c.redirect(safeReturnTo(returnTo), 303)
  }
