import type { Principal } from '../session/principal.ts'
import { stage } from '../stage.ts'
import { importanceOf, reserveFor } from './importance.ts'
import type { LimitsByTenant } from './limits.ts'
import { tooManyRequests } from './per-minute.ts'
import { createTokenBuckets, type Pace } from './token-buckets.ts'

/** Users and tenants that are remembered; nobody becomes one of them without signing in. */
const rememberedUsers = 20_000
const rememberedTenants = 5000

/** Names a person across sessions (issuer and subject, never the e-mail address). */
export const userKey = ({ issuer, sub }: Pick<Principal, 'issuer' | 'sub'>) => `${issuer}\n${sub}`

const paceOf = (perMinute: number): Pace => ({ burst: perMinute, perSecond: perMinute / 60 })

const userTooOften = tooManyRequests('You have sent too many requests.')
const tenantTooOften = tooManyRequests(
  'More is asked for your organisation at the moment than its share.',
  'tenant_busy',
)

/** How often may one ask? Counts for the user and for the tenant that the session acts for. */
export function limitRequests(limitsOf: LimitsByTenant, now?: () => number) {
  const users = createTokenBuckets(rememberedUsers, now)
  const tenants = createTokenBuckets(rememberedTenants, now)
  return stage(function limitRequests(c) {
    const { principal, activeTenantId } = c.get('session')
    const limits = limitsOf(activeTenantId)
    const reserve = reserveFor[importanceOf(c.get('target'))]
    const userWait = users.take(userKey(principal), paceOf(limits.userRequestsPerMinute), reserve)
    if (userWait > 0) throw userTooOften(userWait)
    if (activeTenantId !== undefined) {
      const wait = tenants.take(activeTenantId, paceOf(limits.requestsPerMinute), reserve)
      if (wait > 0) throw tenantTooOften(wait)
    }
  })
}
