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

/**
 * Tells people apart without naming them: what a page repeats of the person it was made for, and
 * under which a browser keeps that person's things.
 */
export const personKey = ({ issuer, sub }: Pick<Principal, 'issuer' | 'sub'>): string =>
  createHash('sha256').update(`${issuer}\n${sub}`).digest('base64url').slice(0, 16)

export const mayActFor = (principal: Principal, tenantId: string): boolean =>
  principal.tenants === 'all' || principal.tenants.includes(tenantId)
