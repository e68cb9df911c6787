import type { X509Certificate } from 'node:crypto'
import { TLSSocket, type PeerCertificate } from 'node:tls'
import type { Duplex } from 'node:stream'
import { Refusal, type RefusalReason, type SeenCertificate } from './refusal.ts'

/** A client whose certificate is of the CA, in its time, and on the allowlist. */
export interface CertificateHolder {
  /** The name that was found on the allowlist. */
  readonly name: string
  readonly certificate: SeenCertificate
}

/** One entry of a list of alternative names; node writes a name that holds a comma in quotes. */
const entry = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g

/**
 * Names by which a client certificate may be on the allowlist: common name and DNS names. A name
 * that node had to quote is none: taken apart at its commas, `"a, DNS:pipeline, DNS:b"` would be
 * three (CVE-2021-44532).
 */
export function certificateNames(
  certificate: Pick<PeerCertificate, 'subject' | 'subjectaltname'>,
): string[] {
  const commonName: unknown = certificate.subject?.CN
  // A subject with several common names is read as a list; none of them may stand for the others.
  const common = typeof commonName === 'string' ? [commonName] : []
  const alternative = [...(certificate.subjectaltname ?? '').matchAll(entry)]
    .map(([name]) => name.trimStart())
    .filter((name) => name.startsWith('DNS:') && !name.includes('"'))
    .map((name) => name.slice('DNS:'.length))
  return [...common, ...alternative]
}

/** SHA-256 of the certificate, as an access token names the one it is bound to (RFC 8705 §3.1). */
export const thumbprintOf = (socket: Duplex): string | undefined => {
  const fingerprint = peerOf(socket)?.fingerprint256
  return fingerprint && Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url')
}

const peerOf = (socket: Duplex): X509Certificate | undefined =>
  socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined

const longest = 300
const oneLine = (name: string | undefined) => (name ?? '').replaceAll('\n', ', ').slice(0, longest)

/** What is known of the certificate that a client has shown, whether or not it is good. */
export function seenCertificate(socket: Duplex): SeenCertificate | undefined {
  const peer = peerOf(socket)
  if (!peer) return undefined
  return {
    subject: oneLine(peer.subject),
    issuer: oneLine(peer.issuer),
    fingerprint: peer.fingerprint256,
    isTrusted: socket instanceof TLSSocket && socket.authorized,
  }
}

/** OpenSSL's word for it; node's types call it an error. */
const faultOf = (socket: TLSSocket): string => String(socket.authorizationError ?? 'UNKNOWN')

function refused(socket: Duplex, reason: RefusalReason, message: string): Refusal {
  const certificate = seenCertificate(socket)
  const isFaulty = socket instanceof TLSSocket && certificate?.isTrusted === false
  return new Refusal(reason, message, {
    known: {
      ...(certificate && { certificate }),
      ...(isFaulty && { fault: faultOf(socket) }),
    },
  })
}

/**
 * Whose certificate is it? The handshake is finished with any certificate or none, so that a refusal
 * can be answered and recorded; what OpenSSL found of it is looked at here, for each request.
 *
 * @throws {Refusal}
 */
export function certificateHolder(
  socket: Duplex,
  allowedSubjects: readonly string[],
): CertificateHolder {
  const peer = peerOf(socket)
  const certificate = seenCertificate(socket)
  // A resumed TLS session shows no certificate again: what was true once is remembered (RFC 8446
  // §4.6.1). The listener gives out no tickets; should it ever, they open nothing here.
  if (!(socket instanceof TLSSocket) || !peer || !certificate || socket.isSessionReused()) {
    throw refused(socket, 'certificate_missing', 'Send a client certificate.')
  }
  if (!socket.authorized) throw untrusted(socket)
  // Connections live longer than handshakes: a certificate can end on one that stays open.
  if (Date.now() > peer.validToDate.getTime()) throw expired(socket)
  const name = certificateNames(peer.toLegacyObject()).find((one) => allowedSubjects.includes(one))
  if (name === undefined) {
    throw refused(
      socket,
      'certificate_not_listed',
      'This client certificate may not use the admin API. Its common name or a DNS name must be in ADMIN_CLIENT_SUBJECTS.',
    )
  }
  return { name, certificate }
}

const expired = (socket: Duplex) =>
  refused(socket, 'certificate_expired', 'This client certificate has expired. Renew it.')

function untrusted(socket: TLSSocket): Refusal {
  if (faultOf(socket) === 'CERT_HAS_EXPIRED') return expired(socket)
  return refused(
    socket,
    'certificate_untrusted',
    'This client certificate is not one that the CA of the admin API has issued for clients, or not valid yet.',
  )
}
