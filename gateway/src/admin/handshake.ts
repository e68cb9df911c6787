import { randomBytes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { seenCertificate } from './certificate.ts'
import type { RefusedRequest } from './refusal-log.ts'

/**
 * Looks at a connection: whom would TLS turn away, if it did?
 *
 * @returns what the audit log is told when it does
 */
export function watchHandshake(socket: TLSSocket): (error: Error) => RefusedRequest {
  // Once it is broken off, the connection no longer knows either.
  const certificate = seenCertificate(socket)
  const address = socket.remoteAddress ?? 'unknown'
  return (error) => {
    const isUntrusted = certificate?.isTrusted === false
    const fault = isUntrusted ? socket.authorizationError : (error as NodeJS.ErrnoException).code
    return {
      reason: isUntrusted ? 'certificate_untrusted' : 'handshake_failed',
      known: { ...(certificate && { certificate }), fault: String(fault) },
      address,
      requestId: randomBytes(16).toString('hex'),
    }
  }
}
