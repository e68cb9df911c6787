import { GatewayError } from '../edge/gateway-error.ts'
import { personKey } from '../session/principal.ts'
import { stage } from '../stage.ts'

/** Headers in which the scripts of a document repeat for which tenant and person it was made. */
export const tenantHeader = 'x-dashgate-tenant'
export const personHeader = 'x-dashgate-person'

export const tenantMismatch = () =>
  new GatewayError(
    409,
    'tenant_mismatch',
    'You have switched to another client in the meantime. Reload the page to go on with that one.',
  )

const personMismatch = () =>
  new GatewayError(
    409,
    'person_mismatch',
    'Somebody else has signed in here in the meantime. Reload the page to go on as that person.',
  )

const noTenant = () =>
  new GatewayError(409, 'no_active_tenant', 'Choose the client that you want to work for first.')

/**
 * A tab that was opened for one tenant or person must never show another's data: what its requests
 * repeat is compared with the session. The repeated value can only narrow, never grant.
 *
 * @param repeated what the request says its document was made for; `undefined` says nothing
 */
export function contradicts(actual: string, repeated: string | string[] | undefined): boolean {
  return repeated !== undefined && repeated !== actual
}

export interface TenantStageOptions {
  /** Query keys of a handshake, which cannot have headers of its own. */
  readonly queryKeys: { readonly tenant: string; readonly person: string }
  /** Asks staff for a tenant and brings them back to where they wanted to go. */
  readonly choose: (returnTo: string) => string
}

/** For whom? Refuses requests of a document that was made for another tenant, or for somebody else. */
export const requireTenant = ({ queryKeys, choose }: TenantStageOptions) =>
  stage(function requireTenant(c) {
    const { path, query } = c.get('target')
    const { activeTenantId, principal } = c.get('session')
    if (activeTenantId === undefined) {
      if (c.get('clientKind') !== 'document') throw noTenant()
      return c.redirect(choose(path + query), 302)
    }
    const { headers } = c.env.incoming
    const inQuery = new URLSearchParams(query)
    const repeated = (header: string, key: string) => headers[header] ?? inQuery.getAll(key)[0]
    // The person first: whose tenants these are is nothing that the other one's page should say.
    if (contradicts(personKey(principal), repeated(personHeader, queryKeys.person)))
      throw personMismatch()
    if (contradicts(activeTenantId, repeated(tenantHeader, queryKeys.tenant)))
      throw tenantMismatch()
  })
