import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

import { beforeAll, describe, expect, it } from 'vitest'

import { type CertificateFiles, ensureCertificates } from './certificates.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const directory = temporaryDirectory()
let files: CertificateFiles

beforeAll(async () => {
  files = await ensureCertificates(directory)
})

const certificate = (file: string) => new X509Certificate(readFileSync(file))

describe('ensureCertificates', () => {
  it('signs both certificates with its own CA', () => {
    const ca = certificate(files.ca)
    expect(certificate(files.serverCert).verify(ca.publicKey)).toBe(true)
    expect(certificate(files.clientCert).verify(ca.publicKey)).toBe(true)
  })

  it.each(['ca', 'serverKey', 'clientKey', 'clientCert'] as const)('keeps %s private', (name) => {
    expect(statSync(files[name]).mode & 0o777).toBe(0o600)
  })

  it('keeps what it made', async () => {
    const before = readFileSync(files.clientKey, 'utf8')
    await ensureCertificates(directory)
    expect(readFileSync(files.clientKey, 'utf8')).toBe(before)
  })

  it('lets an operator in over mutual TLS, by name, and nobody without a certificate', async () => {
    const server = createServer(
      {
        ca: readFileSync(files.ca),
        cert: readFileSync(files.serverCert),
        key: readFileSync(files.serverKey),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (incoming, response) => {
        const { subject } = (incoming.socket as TLSSocket).getPeerCertificate()
        response.end(subject.CN)
      },
    )
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = { cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) }
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await get({ host, port, ca: readFileSync(files.ca), ...client })).toBe(
        'dashgate-operator',
      )
    }
    await expect(get({ host: '127.0.0.1', port, ca: readFileSync(files.ca) })).rejects.toThrow(
      /certificate required|ECONNRESET|socket hang up/,
    )
    server.close()
  })
})

function get(options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', resolve).on('error', reject)
    })
    sent.on('error', reject)
    sent.end()
  })
}
