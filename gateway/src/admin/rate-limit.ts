import { perMinute, perMinuteAndAddress, tooManyRequests } from '../limits/per-minute.ts'

/** How often somebody may ask; each throws a `GatewayError` (429) when it was too often. */
export interface RateLimits {
  operator(name: string): Promise<void>
  refused(address: string): Promise<void>
}

/** Refusals that one address may have in a minute before it is told nothing but to wait. */
const refusedPerMinute = 60

/** Names of operators come from an allowlist or from the provider; addresses do not. */
export function createRateLimits(requestsPerMinute: number): RateLimits {
  const operators = perMinute(
    requestsPerMinute,
    tooManyRequests('This operator has sent too many requests.'),
  )
  const addresses = perMinuteAndAddress(
    refusedPerMinute,
    tooManyRequests('Too many requests from this address were refused.'),
  )
  return { operator: operators.count, refused: addresses.count }
}
