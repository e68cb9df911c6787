import { randomBytes } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { seenCertificate } from './certificate.ts'
import type { RefusedRequest } from './refusal-log.ts'

/** A caller whom TLS itself turned away, as the audit log is told of it. */
export function refusedHandshake(socket: TLSSocket, error: Error): RefusedRequest {
  const certificate = seenCertificate(socket)
  const isUntrusted = certificate?.isTrusted === false
  const fault = isUntrusted ? socket.authorizationError : (error as NodeJS.ErrnoException).code
  return {
    reason: isUntrusted ? 'certificate_untrusted' : 'handshake_failed',
    known: { ...(certificate && { certificate }), fault: String(fault) },
    address: socket.remoteAddress ?? 'unknown',
    requestId: randomBytes(16).toString('hex'),
  }
}
