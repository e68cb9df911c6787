import type { Principal } from '../session/principal.ts'
import { mayActFor } from '../session/principal.ts'
import { isSlug } from '../tenant/slug.ts'
import type { Dashboard, Tenant } from '../tenant/tenant.ts'

/** Why a dashboard may not be seen; for the audit log only, the answer is 404 each time. */
export type DenialReason =
  'malformed_slug' | 'unknown_tenant' | 'suspended_tenant' | 'foreign_tenant' | 'not_assigned'

export type Decision =
  | { readonly allowed: true; readonly tenant: Tenant; readonly dashboard: Dashboard }
  | { readonly allowed: false; readonly reason: DenialReason }

/** What is asked of the directory. */
export interface Assignments {
  tenant(id: string): Tenant | undefined
  dashboardsOf(tenantId: string): readonly Dashboard[]
}

const denied = (reason: DenialReason): Decision => ({ allowed: false, reason })

/**
 * Whether a principal may see a dashboard for a tenant: the tenant is one of its own and active,
 * and the dashboard is assigned to it.
 */
export function authorize(
  principal: Principal,
  tenantId: string,
  slug: string,
  assignments: Assignments,
): Decision {
  if (!isSlug(slug)) return denied('malformed_slug')
  const tenant = assignments.tenant(tenantId)
  if (!tenant) return denied('unknown_tenant')
  if (!mayActFor(principal, tenantId)) return denied('foreign_tenant')
  if (tenant.status !== 'active') return denied('suspended_tenant')
  const dashboard = assignments.dashboardsOf(tenantId).find((one) => one.slug === slug)
  return dashboard ? { allowed: true, tenant, dashboard } : denied('not_assigned')
}
