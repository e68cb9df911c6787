import { createHash } from 'node:crypto'
import { GatewayError } from '../edge/gateway-error.ts'
import type { ConfigState } from './config-fit.ts'
import type { Dashboard, Tenant } from './tenant.ts'

/** Who asks, as the tenant token says. */
export interface Asker {
  readonly sub: string
  readonly email: string
  readonly role: string
}

/**
 * What an app is told of whom it works for, as JSON, with a strong entity tag: apps ask often, and
 * mostly hear that nothing has changed.
 *
 * @throws {GatewayError} 500 `config_invalid` when the stored settings do not fit. They restrict what
 * people may see: without them the app is told nothing at all.
 */
export function appContext(
  asker: Asker,
  tenant: Tenant,
  dashboard: Dashboard,
  state: ConfigState | undefined,
): { readonly body: string; readonly etag: string } {
  if (!state?.ok) throw configInvalid(tenant, dashboard, state)
  const { displayName, logo, colors } = tenant.branding
  const body = JSON.stringify({
    tenant: { id: tenant.id, displayName: tenant.displayName },
    user: { sub: asker.sub, email: asker.email, role: asker.role },
    dashboard: { slug: dashboard.slug, title: dashboard.title },
    branding: {
      displayName: displayName ?? tenant.displayName,
      ...(logo === undefined ? {} : { logo }),
      ...(colors === undefined ? {} : { colors }),
    },
    config: state.config,
  })
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` }
}

function configInvalid(tenant: Tenant, dashboard: Dashboard, state: ConfigState | undefined) {
  const faults = state && !state.ok ? state.faults : []
  const where = faults.map(({ path, message }) => `${path.join('.') || '(all)'} ${message}`)
  const cause = `${tenant.id}, ${dashboard.slug}: ${where.join('; ')}`
  return new GatewayError(
    500,
    'config_invalid',
    'The settings of this dashboard for this tenant do not fit its schema. An operator must mend them.',
    { cause },
  )
}
