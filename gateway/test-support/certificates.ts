import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
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

export interface CertificateOptions {
  readonly expired?: boolean
  readonly notYetValid?: boolean
  /** For servers only: no certificate to call somebody with (RFC 5280 §4.2.1.12). */
  readonly serverOnly?: boolean
}

export interface Authority {
  readonly ca: Buffer
  issue(
    commonName: string,
    dnsName?: string | readonly string[],
    options?: CertificateOptions,
  ): Promise<Identity>
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
    async issue(commonName, dnsName = 'localhost', options = {}) {
      const own = await newKeys()
      const certificate = await X509CertificateGenerator.create({
        // As a list, in which commas and signs of equality are not special.
        subject: [{ CN: [commonName] }],
        issuer: authority.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(options.expired ? -hour : hour, options.notYetValid ? hour / 2 : undefined),
        extensions: [
          new SubjectAlternativeNameExtension(
            [dnsName].flat().map((value) => ({ type: 'dns', value })),
          ),
          ...(options.serverOnly
            ? [new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth])]
            : []),
        ],
      })
      const secret = await webcrypto.subtle.exportKey('pkcs8', own.privateKey)
      return {
        cert: Buffer.from(certificate.toString('pem')),
        key: Buffer.from(PemConverter.encode(secret, 'PRIVATE KEY')),
      }
    },
  }
}

const validity = (lastsFor: number, beginsIn = -2 * hour) => ({
  notBefore: new Date(Date.now() + beginsIn),
  notAfter: new Date(Date.now() + lastsFor),
})
