import type { IncomingMessage } from 'node:http'
import { stage } from '../stage.ts'
import { addHeaders } from './add-headers.ts'
import { randomHex } from './random-hex.ts'
import { continuedTrace } from './trace-context.ts'

/**
 * Gives each request an id, which goes into logs, audit lines, error pages and to the app, and a
 * W3C trace context. The trace of a proxy of ours goes on; what anybody else sends under these names
 * is never taken over. The id is always our own.
 */
export const requestId = (isTrusted: (request: IncomingMessage) => boolean = () => false) =>
  stage(
    function requestId(c) {
      const id = randomHex(16)
      c.set('requestId', id)
      const { incoming } = c.env
      const isTold = incoming.headers.traceparent !== undefined
      const trace = isTold && isTrusted(incoming) ? continuedTrace(incoming.headers) : undefined
      c.set('traceparent', trace?.traceparent ?? `00-${id}-${randomHex(8)}-01`)
      c.set('tracestate', trace?.tracestate)
    },
    (c) => addHeaders(c, [['X-Request-Id', c.get('requestId')]]),
  )
