import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { TlsIdentity } from './tls-server.ts'

/** Where a certificate and its key lie. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** A certificate with the key that fits it. */
export interface Certificate extends TlsIdentity {
  /** Milliseconds since the epoch. */
  readonly endsAt: number
  /** Whether it is for a server of this name (RFC 6125). */
  isFor(host: string): boolean
}

/** What stands in both files now, whatever it is worth. */
export async function readIdentity({ cert, key }: CertificateFiles): Promise<TlsIdentity> {
  const [certificate, privateKey] = await Promise.all([readFile(cert), readFile(key)])
  return { cert: certificate, key: privateKey }
}

/** @throws with what OpenSSL says when one is no PEM, or they do not belong together */
export function certificateOf(identity: TlsIdentity): Certificate {
  // A server that got a bad pair would refuse every handshake from then on.
  createSecureContext(identity)
  const certificate = new X509Certificate(identity.cert)
  return {
    ...identity,
    endsAt: certificate.validToDate.getTime(),
    isFor: (host) =>
      (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
  }
}
