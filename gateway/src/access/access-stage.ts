import { createMiddleware } from 'hono/factory'
import type { AuditStore } from '../audit/audit-store.ts'
import { notFound } from '../edge/error-response.ts'
import type { GatewayEnv } from '../request-context.ts'
import { isNewDenial } from '../session/live-session.ts'
import { authorize, type Assignments } from './authorize.ts'

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
export const requireAccess = ({ assignments, audit, segment }: AccessStageOptions) =>
  createMiddleware<GatewayEnv>(async function requireAccess(c, next) {
    const session = c.get('session')
    const { sub, email } = session.principal
    // The path is canonical already: no two readers can find different segments in it.
    const slug = c.get('target').path.split('/')[segment] ?? ''
    const decide = () =>
      authorize(session.principal, session.activeTenantId ?? '', slug, assignments)
    const decision = decide()
    if (!decision.allowed) {
      if (!isNewDenial(session, slug)) throw notFound()
      await audit.record({
        action: 'dashboard.denied',
        actor: { type: 'user', id: sub, email },
        ...(decision.reason === 'unknown_tenant' || session.activeTenantId === undefined
          ? {}
          : { tenantId: session.activeTenantId }),
        requestId: c.get('requestId'),
        detail: { reason: decision.reason, slug: slug.slice(0, 100) },
      })
      throw notFound()
    }
    c.set('tenant', decision.tenant)
    c.set('dashboard', decision.dashboard)
    c.set('isStillAllowed', () => decide().allowed)
    await next()
  })

/** Which requests open a dashboard: a page of the app, or data without a page before it. */
export interface OpeningOptions {
  readonly audit: Pick<AuditStore, 'record'>
}

/**
 * Writes each opening to the audit log before anything is served: no record, no data. A page counts
 * each time, a request for data only if this session has opened no page of the dashboard.
 */
export const auditOpening = ({ audit }: OpeningOptions) =>
  createMiddleware<GatewayEnv>(async function auditOpening(c, next) {
    const session = c.get('session')
    const { slug } = c.get('dashboard')
    const isPage = c.get('clientKind') !== 'script'
    if (isPage || !session.opened.has(slug)) {
      await audit.record({
        action: 'dashboard.opened',
        actor: { type: 'user', id: session.principal.sub, email: session.principal.email },
        tenantId: c.get('tenant').id,
        dashboard: slug,
        requestId: c.get('requestId'),
        detail: { role: session.principal.role },
      })
      session.opened.add(slug)
    }
    await next()
  })
