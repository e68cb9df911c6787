import type { Context } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import { formFields } from '../edge/form.ts'
import { GatewayError, signInAgain } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { isNewDenial } from '../session/live-session.ts'
import { mayActFor } from '../session/principal.ts'
import type { SessionRegistry } from '../session/session-registry.ts'
import type { SessionStarter } from '../session/sign-in-session.ts'
import type { TenantDirectory } from './directory.ts'
import { visitReason } from './visit-reason.ts'

export interface SwitchTenantDependencies {
  readonly directory: Pick<TenantDirectory, 'tenant'>
  readonly starter: Pick<SessionStarter, 'switchTenant'>
  readonly registry: Pick<SessionRegistry, 'revoked'>
  readonly audit: Pick<AuditStore, 'record'>
  readonly safeReturnTo: (wanted: string | undefined) => string
}

/**
 * POST /tenant: staff choose the tenant that they act for. The session gets a new id, and whatever
 * the old one still has open, in whichever tab, is cut off. The shell asks for a reason; a script may
 * leave it out, which is recorded as such.
 */
export const switchTenant = ({
  directory,
  starter,
  registry,
  audit,
  safeReturnTo,
}: SwitchTenantDependencies) =>
  async function switchTenant(c: Context<GatewayEnv>): Promise<Response> {
    const form = await formFields(c)
    const session = c.get('session')
    const { principal } = session
    const actor = { type: 'user', id: principal.sub, email: principal.email } as const
    const wanted = form.get('tenant') ?? ''
    const tenant = directory.tenant(wanted)
    const allowed =
      principal.role === 'admin' && tenant?.status === 'active' && mayActFor(principal, tenant.id)
    if (!allowed) {
      if (isNewDenial(session, `tenant ${wanted}`)) {
        await audit.record({
          action: 'tenant.switch_refused',
          actor,
          requestId: c.get('requestId'),
          detail: { wanted: wanted.slice(0, 100), role: principal.role },
        })
      }
      throw new GatewayError(
        403,
        'tenant_not_allowed',
        'You may not act for this client. Choose another one.',
      )
    }
    // The form may have taken its time: the session is asked for again, in the database.
    const setCookie = await starter.switchTenant(session, tenant.id)
    registry.revoked(session.idHash)
    if (setCookie === undefined) throw signInAgain()
    await audit.record({
      action: 'tenant.switched',
      actor,
      tenantId: tenant.id,
      requestId: c.get('requestId'),
      detail: {
        from: session.activeTenantId ?? null,
        reason: visitReason(form.getAll('reason')) ?? null,
      },
    })
    c.header('Set-Cookie', setCookie)
    c.header('Cache-Control', 'no-store')
    return c.redirect(safeReturnTo(form.get('return_to') ?? undefined), 303)
  }
