import { TLSSocket, type PeerCertificate } from 'node:tls'
import { createMiddleware } from 'hono/factory'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminEnv } from './admin-env.ts'

/** Names by which a client certificate may be on the allowlist: common name and DNS names. */
export function certificateNames(
  certificate: Pick<PeerCertificate, 'subject' | 'subjectaltname'>,
): string[] {
  const commonName: unknown = certificate.subject?.CN
  // A subject with several common names is read as a list; none of them may stand for the others.
  const common = typeof commonName === 'string' ? [commonName] : []
  const alternative = (certificate.subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:'))
    .map((name) => name.slice('DNS:'.length))
  return [...common, ...alternative]
}

/**
 * Who calls the admin API? The listener has checked the certificate against the CA (RFC 8705 §2.1);
 * here its subject must be one that is meant for us: a CA may have others.
 */
export const requireOperator = (allowedSubjects: readonly string[]) =>
  createMiddleware<AdminEnv>(async function requireOperator(c, next) {
    const { socket } = c.env.incoming
    const certificate =
      socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined
    const name =
      certificate && certificateNames(certificate).find((one) => allowedSubjects.includes(one))
    if (name === undefined) {
      throw new GatewayError(
        403,
        'operator_not_allowed',
        'This client certificate may not use the admin API. Its common name or a DNS name must be in ADMIN_CLIENT_SUBJECTS.',
      )
    }
    c.set('operator', name)
    await next()
  })
