import type { Context } from 'hono'
import type { AuditStore } from '../audit/audit-store.ts'
import { notFound } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import { isNewDenial } from '../session/live-session.ts'
import { stage } from '../stage.ts'
import { authorize, type Assignments, type DenialReason } from './authorize.ts'

export interface AccessStageOptions {
  readonly assignments: Assignments
  readonly audit: Pick<AuditStore, 'record'>
  /** Where the slug stands in the path: 2 in `/dashboard/<slug>/…`. */
  readonly segment: number
}

/**
 * May they? What may not be seen does not exist: one and the same 404 for a dashboard that is not
 * assigned, one that is unknown and a slug that is none, and an audit line with the real reason.
 */
export function requireAccess({ assignments, audit, segment }: AccessStageOptions) {
  async function refuse(
    c: Context<GatewayEnv>,
    slug: string,
    reason: DenialReason,
  ): Promise<never> {
    const session = c.get('session')
    const { sub, email } = session.principal
    if (!isNewDenial(session, slug)) throw notFound()
    await audit.record({
      action: 'dashboard.denied',
      actor: { type: 'user', id: sub, email },
      ...(reason === 'unknown_tenant' || session.activeTenantId === undefined
        ? {}
        : { tenantId: session.activeTenantId }),
      requestId: c.get('requestId'),
      detail: { reason, slug: slug.slice(0, 100) },
    })
    throw notFound()
  }

  return stage(function requireAccess(c) {
    const { principal, activeTenantId = '' } = c.get('session')
    // The path is canonical already: no two readers can find different segments in it.
    const slug = c.get('target').path.split('/', segment + 1)[segment] ?? ''
    const decide = () => authorize(principal, activeTenantId, slug, assignments)
    const decision = decide()
    if (!decision.allowed) return refuse(c, slug, decision.reason)
    c.set('tenant', decision.tenant)
    c.set('dashboard', decision.dashboard)
    c.set('isStillAllowed', () => decide().allowed)
  })
}

/** Which requests open a dashboard: a page of the app, or data without a page before it. */
export interface OpeningOptions {
  readonly audit: Pick<AuditStore, 'record'>
}

/**
 * Writes each opening to the audit log before anything is served: no record, no data. A page counts
 * each time, a request for data only if this session has opened no page of the dashboard.
 */
export function auditOpening({ audit }: OpeningOptions) {
  async function record(c: Context<GatewayEnv>): Promise<void> {
    const { principal, opened } = c.get('session')
    const { slug } = c.get('dashboard')
    await audit.record({
      action: 'dashboard.opened',
      actor: { type: 'user', id: principal.sub, email: principal.email },
      tenantId: c.get('tenant').id,
      dashboard: slug,
      requestId: c.get('requestId'),
      detail: { role: principal.role },
    })
    opened.add(slug)
  }

  return stage(function auditOpening(c) {
    const isPage = c.get('clientKind') !== 'script'
    if (isPage || !c.get('session').opened.has(c.get('dashboard').slug)) return record(c)
  })
}
