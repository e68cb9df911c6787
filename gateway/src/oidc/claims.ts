import { GatewayError } from '../edge/gateway-error.ts'
import type { Principal } from '../session/principal.ts'
import { isSlug } from '../tenant/slug.ts'

/** Which claims carry what we need; providers differ. */
export interface ClaimNames {
  readonly tenantId: string
  readonly role: string
  readonly email: string
  readonly tenants: string
}

type Claims = Readonly<Record<string, unknown>>

/** The sealed cookie holds the claims and must stay below 4096 bytes. */
const limits = { sub: 255, email: 254, tenants: 16 }

/** Azure AD B2C sends some single values as lists of one. */
function text(claims: Claims, name: string): string | undefined {
  const value = claims[name]
  const single: unknown = Array.isArray(value) ? value[0] : value
  return typeof single === 'string' && single !== '' ? single : undefined
}

const unusable = (what: string) =>
  new GatewayError(
    403,
    'claims_unusable',
    `Your account is not set up for this site: ${what}. Ask whoever manages your account.`,
  )

function tenantsOf(claims: Claims, names: ClaimNames): readonly string[] | 'all' {
  const listed = claims[names.tenants]
  if (listed === undefined) return 'all'
  if (!Array.isArray(listed) || listed.length > limits.tenants)
    throw unusable('its list of organisations cannot be read')
  const ids = listed.filter((id): id is string => typeof id === 'string' && isSlug(id))
  // A list that cannot be read in full must not turn into no limit at all.
  if (ids.length !== listed.length) throw unusable('its list of organisations cannot be read')
  return ids
}

/**
 * Makes a principal out of validated claims.
 *
 * @throws {GatewayError} 403 that says what is missing; there are no defaults for role or tenant
 */
export function principalFrom(claims: Claims, issuer: string, names: ClaimNames): Principal {
  const sub = text(claims, 'sub')
  const role = text(claims, names.role)
  const email = text(claims, names.email) ?? ''
  if (sub === undefined || sub.length > limits.sub) throw unusable('it has no usable identifier')
  if (email.length > limits.email) throw unusable('its e-mail address is too long')
  if (role === 'admin') {
    return { issuer, sub, email, role, tenants: tenantsOf(claims, names) }
  }
  if (role !== 'viewer') throw unusable('it has no role')
  const tenantId = text(claims, names.tenantId)
  if (tenantId === undefined || !isSlug(tenantId)) throw unusable('it belongs to no organisation')
  return { issuer, sub, email, role, tenants: [tenantId] }
}
