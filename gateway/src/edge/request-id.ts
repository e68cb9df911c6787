import { randomBytes } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import type { GatewayEnv } from '../request-context.ts'

/**
 * Gives each request an id, which goes into logs, audit lines, error pages and to the app, and a
 * W3C trace context of its own: what a browser sends under these names is never taken over.
 */
export const requestId = () =>
  createMiddleware<GatewayEnv>(async function requestId(c, next) {
    const trace = randomBytes(16).toString('hex')
    c.set('requestId', trace)
    c.set('traceparent', `00-${trace}-${randomBytes(8).toString('hex')}-01`)
    c.header('X-Request-Id', trace)
    await next()
  })
