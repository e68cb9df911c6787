import { createHmac, randomBytes } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { callerOf } from '../edge/caller.ts'
import { GatewayError } from '../edge/gateway-error.ts'

const seconds = 60
/** Counters for addresses; two that share one by chance share a limit. */
const counters = 4096

/** Says no to somebody who may ask again after so many seconds. */
export type TooOften = (waitSeconds: number) => GatewayError

export const tooManyRequests = (message: string, code = 'too_many_requests') =>
  function tooOften(waitSeconds: number): GatewayError {
    const wait = Math.max(1, Math.ceil(waitSeconds))
    return new GatewayError(429, code, `${message} Wait ${wait} s.`, {
      headers: { 'Retry-After': String(wait) },
    })
  }

/** So often in a minute for each key, in the memory of this process; keys must be few. */
export function perMinute(times: number, tooOften: TooOften) {
  const limiter = new RateLimiterMemory({ points: times, duration: seconds })
  return {
    /** @throws {GatewayError} when it was too often */
    async count(key: string): Promise<void> {
      try {
        await limiter.consume(key)
      } catch (left) {
        throw left instanceof RateLimiterRes ? tooOften(left.msBeforeNext / 1000) : left
      }
    },
    /** @throws {GatewayError} when no more is left; counts nothing */
    async check(key: string): Promise<void> {
      const left = await limiter.get(key)
      if (left && left.consumedPoints >= times) throw tooOften(left.msBeforeNext / 1000)
    },
  }
}

/**
 * The same for addresses, which anybody may have without end: they share a fixed number of counters,
 * and a whole /64 of IPv6 is one caller.
 */
export function perMinuteAndAddress(times: number, tooOften: TooOften) {
  const { count, check } = perMinute(times, tooOften)
  // Keyed, or somebody could look for an address that shares a counter with another's.
  const secret = randomBytes(16)
  const counterOf = (address: string) =>
    String(
      createHmac('sha256', secret).update(callerOf(address)).digest().readUInt32BE() % counters,
    )
  return {
    count: (address: string) => count(counterOf(address)),
    check: (address: string) => check(counterOf(address)),
  }
}
