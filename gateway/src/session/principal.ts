import { createHash } from 'node:crypto'

/** What a principal may do: `viewer` sees its own tenant, `admin` (staff) acts for one of several. */
export type Role = 'admin' | 'viewer'

/** The authenticated caller, made from the claims of the provider. */
export interface Principal {
  /** Issuer and subject together identify a person; an e-mail address does not (nOAuth). */
  readonly issuer: string
  readonly sub: string
  readonly email: string
  readonly role: Role
  /** The tenants it may act for: exactly one for a viewer; `all` for staff without a limit. */
  readonly tenants: readonly string[] | 'all'
}

/** Asked for with each request; principals live as long as their sessions. */
const knownKeys = new WeakMap<Pick<Principal, 'issuer' | 'sub'>, string>()

/**
 * Tells people apart without naming them: what a page repeats of the person it was made for, and
 * under which a browser keeps that person's things.
 */
export function personKey(principal: Pick<Principal, 'issuer' | 'sub'>): string {
  const known = knownKeys.get(principal)
  if (known !== undefined) return known
  const name = `${principal.issuer}\n${principal.sub}`
  const key = createHash('sha256').update(name).digest('base64url').slice(0, 16)
  knownKeys.set(principal, key)
  return key
}

export const mayActFor = (principal: Principal, tenantId: string): boolean =>
  principal.tenants === 'all' || principal.tenants.includes(tenantId)
