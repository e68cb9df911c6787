import { GatewayError } from '../edge/gateway-error.ts'

const code = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

const timeouts = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ERR_UPSTREAM_UPGRADE_TIMEOUT',
])

/** The connection was gone before anything of the answer came: a reading request may be sent again. */
export const isStaleConnection = (error: unknown): boolean =>
  code(error) === 'UND_ERR_SOCKET' || code(error) === 'ECONNRESET'

const unconnected = new Set([
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether there was no connection at all, so that the address is to blame and not what was asked. */
export const isUnconnected = (error: unknown): boolean =>
  unconnected.has(String(code(error instanceof GatewayError ? error.cause : error)))

/** Of a client that does not wait for its answer: nothing to mend, and nobody to read it. */
export const clientHungUp = (options: { cause?: unknown } = {}) =>
  new GatewayError(499, 'client_closed_request', 'The client hung up.', options)

/** What an upstream failure is to the client: 504 when it was too slow, otherwise 502. */
export function upstreamFailure(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error
  if (timeouts.has(String(code(error)))) {
    return new GatewayError(
      504,
      'app_too_slow',
      'This dashboard took too long to answer. Try again, perhaps with fewer data chosen.',
      { cause: error },
    )
  }
  return new GatewayError(
    502,
    'app_unreachable',
    'This dashboard does not answer at the moment. Try again shortly; your other dashboards are not affected.',
    { cause: error },
  )
}
