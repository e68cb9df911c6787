import { createHmac, randomBytes } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { GatewayError } from '../edge/gateway-error.ts'
import { callerOf } from './client-address.ts'

/** How often somebody may ask; each throws a `GatewayError` (429) when it was too often. */
export interface RateLimits {
  operator(name: string): Promise<void>
  refused(address: string): Promise<void>
}

const seconds = 60
/** Refusals that one address may have in a minute before it is told nothing but to wait. */
const refusedPerMinute = 60
/** Counters for addresses; two that share one by chance share a limit, and only for refusals. */
const counters = 4096

/**
 * Limits for each process, in memory. Names of operators come from an allowlist or from the provider;
 * addresses do not, so that they share a fixed number of counters.
 */
export function createRateLimits(requestsPerMinute: number): RateLimits {
  const operators = new RateLimiterMemory({ points: requestsPerMinute, duration: seconds })
  const addresses = new RateLimiterMemory({ points: refusedPerMinute, duration: seconds })
  // Keyed, or somebody could look for an address that shares a counter with another's.
  const secret = randomBytes(16)
  const counterOf = (address: string) =>
    createHmac('sha256', secret).update(callerOf(address)).digest().readUInt32BE() % counters

  return {
    operator: (name) => consume(operators, name, 'This operator has sent too many requests.'),
    refused: (address) =>
      consume(
        addresses,
        String(counterOf(address)),
        'Too many requests from this address were refused.',
      ),
  }
}

async function consume(limiter: RateLimiterMemory, key: string, message: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (left) {
    if (!(left instanceof RateLimiterRes)) throw left
    const wait = Math.max(1, Math.ceil(left.msBeforeNext / 1000))
    throw new GatewayError(429, 'too_many_requests', `${message} Wait ${wait} s.`, {
      headers: { 'Retry-After': String(wait) },
    })
  }
}
