import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import { Transform, type Readable } from 'node:stream'
import { GatewayError } from '../edge/gateway-error.ts'
import { clientHungUp } from './failures.ts'

const tooLarge = (maxBytes: number) =>
  new GatewayError(
    413,
    'body_too_large',
    `This request is larger than the ${Math.floor(maxBytes / 1024 / 1024)} MiB that are passed on.`,
  )

/**
 * No browser sends fields after a body, and servers differ in what they make of them: a `Host` there
 * must not be taken for one (RFC 9110 §6.5.1).
 */
const hasTrailers = () =>
  new GatewayError(400, 'trailers', 'This request has header fields after its body.')

/** Whether a body of unknown length follows; HTTP/2 needs no field to say so (RFC 9113 §8.1). */
function hasMore(incoming: IncomingMessage): boolean {
  if (incoming.httpVersionMajor < 2) return incoming.headers['transfer-encoding'] !== undefined
  return !(incoming as unknown as Http2ServerRequest).stream.endAfterHeaders
}

/**
 * The body of a request, or `undefined` without one; it is streamed and never held. A length that is
 * announced is judged before anything is read; one that is not (RFC 9112 §7.1) is counted.
 */
export function limitedBody(incoming: IncomingMessage, maxBytes: number): Readable | undefined {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return undefined
  const announced = incoming.headers['content-length']
  if (announced !== undefined) {
    if (Number(announced) > maxBytes) throw tooLarge(maxBytes)
    return incoming
  }
  if (!hasMore(incoming)) return undefined
  let seen = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length
      if (seen > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
    // The app has not been told the end yet, so that it has no whole request.
    flush: (done) => done(incoming.rawTrailers.length > 0 ? hasTrailers() : null),
  })
  incoming.on('error', (error) => counter.destroy(error))
  incoming.on('close', () => {
    if (!incoming.complete) counter.destroy(clientHungUp())
  })
  return incoming.pipe(counter)
}
