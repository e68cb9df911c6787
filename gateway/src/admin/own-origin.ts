import { createMiddleware } from 'hono/factory'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminEnv } from './admin-env.ts'

/** What browsers say of where a request comes from; whoever calls an API by itself says nothing. */
const own: ReadonlySet<unknown> = new Set([undefined, 'none', 'same-origin'])

/**
 * Refuses what a page had a browser send. An operator may keep the client certificate in one, which
 * shows it to this listener whoever asks, and the type of a body stops no form (CVE-2026-27589).
 * `Host` needs no list here: under a name that is not on our certificate no browser connects.
 */
export const refuseOtherSites = createMiddleware<AdminEnv>(
  async function refuseOtherSites(c, next) {
    const { headers } = c.env.incoming
    const { origin, host } = headers
    const isOwnOrigin = origin === undefined || origin === `https://${host}`
    if (!isOwnOrigin || !own.has(headers['sec-fetch-site'])) {
      throw new GatewayError(
        403,
        'cross_site',
        'This request was sent by a page of another site, so nothing was done. Call the admin API from a script.',
      )
    }
    await next()
  },
)
