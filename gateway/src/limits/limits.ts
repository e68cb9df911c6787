import type { Tenant } from '../tenant/tenant.ts'

/** What a tenant and each of its people may ask of one gateway process. */
export interface Limits {
  /** Requests of the tenant in a minute. */
  readonly requestsPerMinute: number
  /** Requests of one user in a minute. */
  readonly userRequestsPerMinute: number
  /** Requests that one app works at for the tenant at once. */
  readonly requestsAtOnce: number
  /** Requests that one app works at for one user at once. */
  readonly userRequestsAtOnce: number
  /** WebSockets and long answers of the tenant that are open at once. */
  readonly streams: number
  /** WebSockets and long answers of one user that are open at once. */
  readonly userStreams: number
}

/** Whoever wrote the row: only what is a limit counts. */
const isLimit = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0

/** The limits of each tenant: its own over those of the settings. */
export function limitsByTenant(defaults: Limits, tenant: (id: string) => Tenant | undefined) {
  const names = Object.keys(defaults) as (keyof Limits)[]
  /** Tenants are new with each reading of the database. */
  const known = new WeakMap<Tenant, Limits>()

  return function limitsOf(tenantId: string | undefined): Limits {
    const found = tenantId === undefined ? undefined : tenant(tenantId)
    if (!found) return defaults
    const ready = known.get(found)
    if (ready) return ready
    const given = found.limits
    const own = names.filter((name) => isLimit(given[name]))
    const limits = { ...defaults, ...Object.fromEntries(own.map((name) => [name, given[name]])) }
    known.set(found, limits)
    return limits
  }
}

export type LimitsByTenant = ReturnType<typeof limitsByTenant>
