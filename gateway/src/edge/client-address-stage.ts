import { createMiddleware } from 'hono/factory'
import type { GatewayEnv } from '../request-context.ts'
import type { ClientAddresses } from './client-address.ts'

/** From where does somebody ask? For limits, logs, the audit log and the app; it decides no access. */
export const noteClientAddress = (clientAddress: ClientAddresses) =>
  createMiddleware<GatewayEnv>(function noteClientAddress(c, next) {
    c.set('clientAddress', clientAddress(c.env.incoming))
    return next()
  })
