import 'reflect-metadata'

import { webcrypto } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

import { writePrivateFile } from './private-file.ts'

/** Files of the admin listener's mutual TLS. */
export interface CertificateFiles {
  ca: string
  serverCert: string
  serverKey: string
  clientCert: string
  clientKey: string
}

/** Common name of the demo's client certificate. */
export const operatorName = 'dashgate-operator'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const validDays = 825

/** Makes a CA of our own, a server certificate for this machine and a client's; keeps them. */
export async function ensureCertificates(
  directory: string,
  /** Names beside this machine's own under which the admin listener is reached. */
  names: readonly string[] = [],
): Promise<CertificateFiles> {
  const folder = join(directory, 'certificates')
  const files = {
    ca: join(folder, 'ca.pem'),
    serverCert: join(folder, 'admin.pem'),
    serverKey: join(folder, 'admin-key.pem'),
    clientCert: join(folder, 'operator.pem'),
    clientKey: join(folder, 'operator-key.pem'),
  }
  if (Object.values(files).every((file) => existsSync(file))) return files
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = await createAuthority()
  await issue(authority, 'localhost', serverExtensions(names), files.serverCert, files.serverKey)
  await issue(authority, operatorName, [...clientExtensions], files.clientCert, files.clientKey)
  // Last: it stands for a finished set. The CA's own key is not kept, nobody signs with it again.
  writePrivateFile(files.ca, authority.certificate.toString('pem'))
  return files
}

const serverExtensions = (names: readonly string[]): Extension[] => [
  new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  new SubjectAlternativeNameExtension([
    ...names.map((value) => ({ type: 'dns' as const, value })),
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
  ]),
]

const clientExtensions: readonly Extension[] = [
  new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
  new SubjectAlternativeNameExtension([{ type: 'dns', value: operatorName }]),
]

type Authority = Awaited<ReturnType<typeof createAuthority>>

async function createAuthority() {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Dashgate demo CA',
    keys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate, keys }
}

async function issue(
  authority: Authority,
  commonName: string,
  extensions: Extension[],
  certFile: string,
  keyFile: string,
): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
      ...extensions,
    ],
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  writePrivateFile(certFile, certificate.toString('pem'))
  writePrivateFile(keyFile, PemConverter.encode(key, 'PRIVATE KEY'))
}

/** From yesterday, so that a clock that is a little behind accepts them. */
function validity(): { notBefore: Date; notAfter: Date } {
  const day = 86_400_000
  return {
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + validDays * day),
  }
}
