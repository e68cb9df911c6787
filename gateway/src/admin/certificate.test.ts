import { X509Certificate } from 'node:crypto'
import { createConnection } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuthority, type Authority, type Identity } from '../../test-support/certificates.ts'
import type { GatewayBindings } from '../request-context.ts'
import { startServers, type Servers } from '../servers.ts'
import { certificateHolder, certificateNames, thumbprintOf } from './certificate.ts'
import { watchHandshake } from './handshake.ts'
import type { RefusedRequest } from './refusal-log.ts'
import { Refusal } from './refusal.ts'

const subject = (fields: Record<string, unknown>) => fields as never

describe('certificateNames', () => {
  it('are the common name and the DNS names', () => {
    expect(
      certificateNames({
        subject: subject({ CN: 'pipeline' }),
        subjectaltname: 'DNS:pipe.example, IP Address:192.0.2.1, DNS:b.example',
      }),
    ).toEqual(['pipeline', 'pipe.example', 'b.example'])
  })

  it('leave out a subject with several common names, which another CA tool may read differently', () => {
    expect(certificateNames({ subject: subject({ CN: ['pipeline', 'evil'] }) })).toEqual([])
  })

  // A name in quotes may hold a comma: node writes such a name as JSON (CVE-2021-44532).
  it.each([
    'DNS:"evil.example, DNS:pipeline"',
    'DNS:"a, DNS:pipeline, DNS:b"',
    'DNS:"\\", DNS:pipeline, DNS:\\""',
    'email:"a, DNS:pipeline, DNS:b"',
    'DirName:"CN=a, DNS:pipeline, O=b"',
  ])('do not take a quoted name apart: %s', (subjectaltname) => {
    expect(certificateNames({ subject: subject({}), subjectaltname })).not.toContain('pipeline')
  })

  it('are none for a certificate without a subject', () => {
    expect(certificateNames({ subject: subject({}) })).toEqual([])
  })

  it('are only names that the CA has written into the certificate, whatever those hold', async () => {
    const authority = await createAuthority('Test CA')
    const pieces = ['pipeline', ', ', 'DNS:', '\n', '\0', 'CN=', ',', 'a']
    const nameOf = (some: readonly string[]) =>
      fc
        .array(fc.constantFrom(...some), { minLength: 1, maxLength: 7 })
        .map((chosen) => chosen.join(''))
    // What makes the certificates would take quotes and backslashes out of a common name.
    const common = nameOf(pieces)
    const alternatives = fc.array(nameOf([...pieces, '"', '\\']), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(common, alternatives, async (commonName, dnsNames) => {
        const { cert } = await authority.issue(commonName, dnsNames)
        const names = certificateNames(new X509Certificate(cert).toLegacyObject())
        expect([commonName, ...dnsNames]).toEqual(expect.arrayContaining(names))
      }),
      { numRuns: 150 },
    )
  })
})

describe('certificateHolder', () => {
  let authority: Authority
  let servers: Servers
  let pipeline: Identity
  const faults: RefusedRequest[] = []

  beforeAll(async () => {
    authority = await createAuthority('Test CA')
    pipeline = await authority.issue('pipeline', 'pipe.example')
    const app = {
      fetch(_: Request, bindings: object) {
        const { socket } = (bindings as GatewayBindings).incoming
        try {
          const { name } = certificateHolder(socket, ['pipeline', 'operator.example'])
          return new Response(`${name} ${thumbprintOf(socket)}`)
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          const { fault = 'no fault', certificate } = error.known
          return new Response(`${error.reason}: ${fault}, ${certificate?.subject ?? 'nobody'}`)
        }
      },
    }
    const tls = {
      ca: authority.ca,
      ...(await authority.issue('localhost')),
      watch(socket: TLSSocket) {
        const refused = watchHandshake(socket)
        return (error: Error) => void faults.push(refused(error))
      },
    }
    const address = { host: '127.0.0.1', port: 0 }
    servers = await startServers([{ name: 'admin', address, app, tls }])
  })

  afterAll(() => servers.stop(100))
  afterEach(() => {
    vi.useRealTimers()
    faults.length = 0
  })

  /** A TLS connection that stays open; each call of `get` is one request on it. */
  async function open(options: ConnectionOptions = {}) {
    const socket = connect({
      host: '127.0.0.1',
      port: servers.port('admin') ?? 0,
      servername: 'localhost',
      ca: authority.ca,
      ...options,
    })
    const sessions: Buffer[] = []
    socket.on('session', (session: Buffer) => sessions.push(session))
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    return {
      socket,
      sessions,
      get: () =>
        new Promise<string>((resolve) => {
          let text = ''
          const onData = (chunk: Buffer) => {
            text += chunk.toString()
            const [head = '', body = ''] = text.split('\r\n\r\n')
            if (body.length < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? Infinity)) return
            socket.off('data', onData)
            resolve(body)
          }
          socket.on('data', onData)
          socket.once('close', () => resolve('closed'))
          socket.once('error', () => resolve('closed'))
          socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        }),
    }
  }

  async function answerTo(options: ConnectionOptions = {}): Promise<string> {
    const { get, socket } = await open(options)
    const answer = await get()
    socket.destroy()
    return answer
  }

  const versions = ['TLSv1.2', 'TLSv1.3'] as const

  describe.each(versions)('with %s', (version) => {
    const only = { minVersion: version, maxVersion: version }

    it('knows who is on the list, by common name or DNS name', async () => {
      const { fingerprint256 } = new X509Certificate(pipeline.cert)
      const thumbprint = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex')
      expect(await answerTo({ ...only, ...pipeline })).toBe(
        `pipeline ${thumbprint.toString('base64url')}`,
      )
      const byDnsName = await authority.issue('somebody', 'operator.example')
      expect(await answerTo({ ...only, ...byDnsName })).toContain('operator.example')
    })

    it('M1: refuses whoever is not, and says what is known of them', async () => {
      expect(await answerTo(only)).toBe('certificate_missing: no fault, nobody')
      for (const name of ['somebody', 'pipeline2', 'Pipeline', 'pipeline.example', 'xpipeline']) {
        const other = await authority.issue(name)
        expect(await answerTo({ ...only, ...other })).toBe(
          `certificate_not_listed: no fault, CN=${name}`,
        )
      }
      const { issue } = await createAuthority('Other CA')
      expect(await answerTo({ ...only, ...(await issue('pipeline')) })).toBe(
        'certificate_untrusted: UNABLE_TO_VERIFY_LEAF_SIGNATURE, CN=pipeline',
      )
    })

    it.each([
      ['expired', 'certificate_expired: CERT_HAS_EXPIRED, CN=pipeline'],
      ['notYetValid', 'certificate_untrusted: CERT_NOT_YET_VALID, CN=pipeline'],
      ['serverOnly', 'certificate_untrusted: INVALID_PURPOSE, CN=pipeline'],
    ])('refuses a certificate of the CA that is %s', async (what, answer) => {
      const identity = await authority.issue('pipeline', 'localhost', { [what]: true })
      expect(await answerTo({ ...only, ...identity })).toBe(answer)
    })

    it('looks again with each request: a certificate can end on an open connection', async () => {
      const { get, socket } = await open({ ...only, ...pipeline })
      expect(await get()).toMatch(/^pipeline /)
      vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ['Date'] })
      expect(await get()).toBe('certificate_expired: no fault, CN=pipeline')
      socket.destroy()
    })

    // nodejs/node#35317: a resumed session without a certificate was called authorized.
    it.each(['nobody', 'pipeline'])('resumes no session of %s', async (who) => {
      const first = await open({ ...only, ...(who === 'pipeline' ? pipeline : {}) })
      await first.get()
      const session = first.socket.getSession()
      first.socket.destroy()
      for (const ticket of [...first.sessions, ...(session ? [session] : [])]) {
        const again = await open({ ...only, session: ticket })
        expect(again.socket.isSessionReused()).toBe(false)
        expect(await again.get()).toBe('certificate_missing: no fault, nobody')
        again.socket.destroy()
      }
    })
  })

  it('V20: is asked by no version of TLS before 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ...oldCiphers } as const
    await expect(answerTo(old)).rejects.toThrow(/alert/)
  })

  // CVE-2009-3555: a second handshake on the connection could show another certificate.
  it('never shakes hands twice on one connection', async () => {
    const { socket, get } = await open({ maxVersion: 'TLSv1.2', ...pipeline })
    const renegotiated = await new Promise<Error | null>((resolve) => {
      socket.once('error', resolve)
      socket.renegotiate({ rejectUnauthorized: false }, resolve)
    })
    expect(renegotiated).toBeInstanceOf(Error)
    expect(await get()).toBe('closed')
  })

  // OpenSSL leaves the failed signature in its queue of errors, where the next read would find it.
  it.each(versions)(
    'answers whoever stands in for the CA under its name, with %s',
    async (version) => {
      const { issue } = await createAuthority('Test CA')
      const only = { minVersion: version, maxVersion: version }
      expect(await answerTo({ ...only, ...(await issue('pipeline')) })).toBe(
        'certificate_untrusted: CERT_SIGNATURE_FAILURE, CN=pipeline',
      )
    },
  )

  it('is told whose connection TLS breaks off', async () => {
    const raw = createConnection({ host: '127.0.0.1', port: servers.port('admin') ?? 0 })
    const { get } = await open({ socket: raw, ...pipeline })
    await get()
    raw.end('no record of TLS')
    await vi.waitFor(
      () =>
        expect(faults).toMatchObject([
          {
            reason: 'handshake_failed',
            known: {
              certificate: { subject: 'CN=pipeline', isTrusted: true },
              fault: expect.stringMatching(/^ERR_SSL_/) as string,
            },
            address: '127.0.0.1',
          },
        ]),
      { timeout: 10_000 },
    )
  })

  it('is told of a handshake that fails, and not of clients that just hang up', async () => {
    const hungUp = await open()
    hungUp.socket.destroy()
    await answerTo({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ...oldCiphers }).catch(() => '')
    await vi.waitFor(
      () =>
        expect(faults).toMatchObject([
          {
            reason: 'handshake_failed',
            known: { fault: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
            address: '127.0.0.1',
          },
        ]),
      { timeout: 10_000 },
    )
  })
})

/** Without them OpenSSL would not even say hello with a version this old. */
const oldCiphers = { ciphers: 'DEFAULT@SECLEVEL=0' }
