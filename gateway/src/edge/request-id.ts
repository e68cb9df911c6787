import { stage } from '../stage.ts'
import { addHeaders } from './add-headers.ts'
import { randomHex } from './random-hex.ts'

/**
 * Gives each request an id, which goes into logs, audit lines, error pages and to the app, and a
 * W3C trace context of its own: what a browser sends under these names is never taken over.
 */
export const requestId = () =>
  stage(
    function requestId(c) {
      const trace = randomHex(16)
      c.set('requestId', trace)
      c.set('traceparent', `00-${trace}-${randomHex(8)}-01`)
    },
    (c) => addHeaders(c, [['X-Request-Id', c.get('requestId')]]),
  )
