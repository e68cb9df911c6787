import { createMiddleware } from 'hono/factory'
import type { GatewayEnv } from '../request-context.ts'
import { perMinuteAndAddress, tooManyRequests } from './per-minute.ts'

const tooOften = tooManyRequests('Too many sign-ins come from your network.', 'sign_in_limited')

/** How often may an address begin or end a sign-in? Each costs work here and at the provider. */
export function limitSignIn(timesPerMinute: number) {
  const addresses = perMinuteAndAddress(timesPerMinute, tooOften)
  return createMiddleware<GatewayEnv>(async function limitSignIn(c, next) {
    await addresses.count(c.get('clientAddress'))
    await next()
  })
}

/**
 * How often may an address look after its sessions? Not counted with a person's other requests:
 * whoever uses up those with a stolen session must not keep its owner from ending it.
 */
export function limitAccount(timesPerMinute: number) {
  const addresses = perMinuteAndAddress(
    timesPerMinute,
    tooManyRequests('Your network has asked for the account page too often.'),
  )
  return createMiddleware<GatewayEnv>(async function limitAccount(c, next) {
    await addresses.count(c.get('clientAddress'))
    await next()
  })
}

/**
 * How many refused logout tokens may come from an address? Good ones are not counted: of a provider
 * that signs out a whole company, none may be lost.
 */
export function limitBackchannel(refusedPerMinute: number) {
  const addresses = perMinuteAndAddress(refusedPerMinute, tooOften)
  return createMiddleware<GatewayEnv>(async function limitBackchannel(c, next) {
    const address = c.get('clientAddress')
    await addresses.check(address)
    await next()
    if (c.res.status >= 400 && c.res.status < 500) await addresses.count(address)
  })
}
