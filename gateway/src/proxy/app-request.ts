import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { personQueryKey, tenantQueryKey } from './guard-keys.ts'
import type { Arrival, Identity } from './request-headers.ts'

/** Prefix of everything that belongs to a dashboard; its app knows itself under it. */
export const basePathOf = (slug: string) => `/dashboard/${slug}/`

/** Who asks for what, as the stages before have decided it. */
export const identityOf = (c: Context<GatewayEnv>, tenantToken: string): Identity => ({
  principal: c.get('session').principal,
  tenantId: c.get('tenant').id,
  dashboard: c.get('dashboard').slug,
  tenantToken,
  requestId: c.get('requestId'),
  traceparent: c.get('traceparent'),
  tracestate: c.get('tracestate'),
})

export const arrivalOf = (c: Context<GatewayEnv>, publicUrl: URL): Arrival => ({
  host: publicUrl.host,
  protocol: publicUrl.protocol === 'https:' ? 'https' : 'http',
  clientAddress: c.get('clientAddress'),
})

const guardKeys = [tenantQueryKey, personQueryKey]

/** Path and query for the app: the canonical ones, without the keys that serve the guard of tabs. */
export function appTarget(c: Context<GatewayEnv>): string {
  const { path, query } = c.get('target')
  if (!guardKeys.some((key) => query.includes(key))) return path + query
  const pairs = query.slice(1).split('&')
  const kept = pairs.filter((pair) => !guardKeys.some((key) => pair.startsWith(`${key}=`)))
  return kept.length > 0 ? `${path}?${kept.join('&')}` : path
}
