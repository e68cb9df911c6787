import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const hour = 3_600_000

/** A certificate and its key, as node's TLS takes them. */
export interface Identity {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface Authority {
  readonly ca: Buffer
  issue(commonName: string, dnsName?: string, options?: { expired?: boolean }): Promise<Identity>
}

/** A certificate authority for one test. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys()
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(hour),
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  })
  return {
    ca: Buffer.from(authority.toString('pem')),
    async issue(commonName, dnsName = 'localhost', { expired = false } = {}) {
      const own = await newKeys()
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${commonName}`,
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(expired ? -hour : hour),
        extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: dnsName }])],
      })
      const secret = await webcrypto.subtle.exportKey('pkcs8', own.privateKey)
      return {
        cert: Buffer.from(certificate.toString('pem')),
        key: Buffer.from(PemConverter.encode(secret, 'PRIVATE KEY')),
      }
    },
  }
}

const validity = (lastsFor: number) => ({
  notBefore: new Date(Date.now() - 2 * hour),
  notAfter: new Date(Date.now() + lastsFor),
})
