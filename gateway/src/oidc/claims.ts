import type { Principal } from '../session/principal.ts'
import { isSlug } from '../tenant/slug.ts'
import { SignInRefusal, type RefusalReason } from './refusals.ts'

/** Which claims carry what we need; providers differ. */
export interface ClaimNames {
  readonly tenantId: string
  readonly role: string
  readonly email: string
  readonly tenants: string
}

type Claims = Readonly<Record<string, unknown>>
type Refuse = (reason: RefusalReason, what: string) => SignInRefusal

/** The sealed cookie holds the claims and must stay below 4096 bytes. */
const limits = { sub: 255, email: 254, tenants: 16 }

/** The values of a claim: providers send single values as lists of one, and lists as lists. */
function texts(claims: Claims, name: string): string[] {
  const values: readonly unknown[] = [claims[name]].flat()
  return values.filter((value): value is string => typeof value === 'string' && value !== '')
}

/**
 * Exactly one of the two roles. Other values beside it are roles of other things; both at once say
 * nothing, and nobody becomes staff by a guess.
 */
function roleOf(claims: Claims, name: string, refuse: Refuse): Principal['role'] {
  const given = new Set(texts(claims, name))
  const [isAdmin, isViewer] = [given.has('admin'), given.has('viewer')]
  if (isAdmin && isViewer) throw refuse('several_roles', 'it has two roles, staff and viewer')
  if (isAdmin) return 'admin'
  if (isViewer) return 'viewer'
  throw refuse('no_role', 'it has no role')
}

function ownTenant(claims: Claims, name: string, refuse: Refuse): string {
  const [tenantId, ...more] = new Set(texts(claims, name))
  // Which of them is meant is not ours to guess: the other one's figures would be shown.
  if (more.length > 0) throw refuse('several_tenants', 'it belongs to more than one organisation')
  if (tenantId === undefined || !isSlug(tenantId))
    throw refuse('no_tenant', 'it belongs to no organisation')
  return tenantId
}

/** User attributes of Azure AD B2C cannot be lists; there it is a text with commas. */
function listed(value: unknown): unknown {
  return typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value
}

function tenantsOf(claims: Claims, name: string, refuse: Refuse): readonly string[] | 'all' {
  const given = claims[name]
  if (given === undefined) return 'all'
  const list = listed(given)
  const unreadable = () => refuse('unreadable_tenants', 'its list of organisations cannot be read')
  // An empty text may be an attribute that nobody filled in; an empty list was written on purpose.
  if (!Array.isArray(list) || list.length > limits.tenants || given === '') throw unreadable()
  const ids = list.filter((id): id is string => typeof id === 'string' && isSlug(id))
  // A list that cannot be read in full must not turn into no limit at all.
  if (ids.length !== list.length) throw unreadable()
  return ids
}

/**
 * Makes a principal out of validated claims.
 *
 * @throws {SignInRefusal} that says what is missing; there are no defaults for role or tenant
 */
export function principalFrom(claims: Claims, issuer: string, names: ClaimNames): Principal {
  const [sub] = texts(claims, 'sub')
  const refuse: Refuse = (reason, what) =>
    new SignInRefusal(
      'claims_unusable',
      `Your account is not set up for this site: ${what}.`,
      reason,
      sub,
    )
  if (sub === undefined || sub.length > limits.sub)
    throw refuse('no_subject', 'it has no usable identifier')
  // Only shown, never decided by: of several addresses the first will do.
  const [email = ''] = texts(claims, names.email)
  if (email.length > limits.email) throw refuse('email_too_long', 'its e-mail address is too long')
  const role = roleOf(claims, names.role, refuse)
  const tenants =
    role === 'admin'
      ? tenantsOf(claims, names.tenants, refuse)
      : [ownTenant(claims, names.tenantId, refuse)]
  return { issuer, sub, email, role, tenants }
}
