import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority, type Authority, type Identity } from '../../test-support/certificates.ts'
import { eventually } from '../../test-support/eventually.ts'
import { startServers } from '../servers.ts'
import { certificateOf, type Certificate } from './certificate.ts'
import { followCertificate } from './certificate-renewal.ts'

let authority: Authority
let directory: string
let files: { cert: string; key: string }
beforeAll(async () => {
  authority = await createAuthority('Test CA')
  directory = await mkdtemp(join(tmpdir(), 'dashgate-renewal-'))
  files = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
})
afterAll(() => rm(directory, { recursive: true }))

async function write({ cert, key }: Partial<Identity>): Promise<void> {
  if (cert) await writeFile(files.cert, cert)
  if (key) await writeFile(files.key, key)
}

/** Follows the files, and looks at them only when asked to, unless it is said how often. */
async function following(everyMs = 3_600_000) {
  const renewed: Certificate[] = []
  const faults: string[] = []
  const renewal = await followCertificate({
    files,
    everyMs,
    onCertificate: (one) => renewed.push(one),
    onFault: (cause) => faults.push(String(cause)),
  })
  return { renewed, faults, ...renewal, [Symbol.dispose]: () => renewal.stop() }
}

describe('a certificate that is followed', () => {
  it('says when it ends and which servers it is for', async () => {
    const certificate = certificateOf(await authority.issue('x', ['dash.example', '*.b.example']))
    expect(certificate.endsAt).toBeGreaterThan(Date.now())
    expect(certificate.isFor('dash.example')).toBe(true)
    expect(certificate.isFor('a.b.example')).toBe(true)
    expect(certificate.isFor('other.example')).toBe(false)
  })

  it('is renewed by itself when its files change', async () => {
    await write(await authority.issue('one'))
    using followed = await following(20)
    const next = await authority.issue('two')
    await write(next)
    await eventually(() => expect(followed.renewed.at(-1)?.cert).toEqual(next.cert))
  })

  it('X19: stays in use while the files hold none that could be used, and that is said once', async () => {
    const first = await authority.issue('one')
    const next = await authority.issue('two')
    await write(first)
    using followed = await following()
    await write({ cert: next.cert })
    for (let turn = 0; turn < 3; turn += 1) await followed.look()
    expect(followed.faults).toEqual([expect.stringMatching(/key values mismatch/)])
    await write({ cert: Buffer.from('no certificate') })
    await followed.look()
    await write(await authority.issue('three', 'localhost', { expired: true }))
    await followed.look()
    await rm(files.key)
    for (let turn = 0; turn < 3; turn += 1) await followed.look()
    expect(followed.faults.slice(2)).toEqual([
      expect.stringMatching(/expired/),
      expect.stringMatching(/ENOENT/),
    ])
    expect(followed.renewed).toEqual([])
    // Who asks is told each time.
    expect([String(await followed.look()), String(await followed.look())]).toEqual([
      expect.stringMatching(/ENOENT/),
      expect.stringMatching(/ENOENT/),
    ])
    await write(next)
    await followed.look()
    expect(followed.renewed.map(({ cert }) => cert)).toEqual([next.cert])
  })

  it('X19: that cannot be used at the start is refused', async () => {
    await write({ ...(await authority.issue('one')), key: (await authority.issue('two')).key })
    await expect(following()).rejects.toThrow('key values mismatch')
  })
})

describe('a listener whose certificate is renewed', () => {
  const nameShownAt = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port, ca: authority.ca, servername: 'localhost' }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.end()
      }).on('error', reject)
    })

  it.each([
    ['browsers', true],
    ['operators', false],
  ])('of %s shows the new one, and keeps who is connected', async (_, forBrowsers) => {
    const identity = await authority.issue('old')
    const app = { fetch: () => new Response() }
    const address = { host: '127.0.0.1', port: 0 }
    const tls = { ...identity, ca: authority.ca, forBrowsers }
    const servers = await startServers([{ name: 'one', address, app, tls }])
    const port = servers.port('one') ?? 0
    const before = connect({ port, ca: authority.ca, servername: 'localhost' })
    await new Promise((resolve) => before.once('secureConnect', resolve))
    servers.renew('one', await authority.issue('new'))
    expect(await nameShownAt(port)).toBe('new')
    const answered = new Promise((resolve) => before.once('data', resolve))
    before.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 200 /)
    before.destroy()
    await servers.stop(0)
  })

  it('of operators takes certificates of another CA from then on', async () => {
    const other = await createAuthority('Other CA')
    const { cert, key } = await other.issue('operator')
    const app = {
      fetch: (_: Request, bindings: object) => {
        const { socket } = (bindings as { incoming: { socket: TLSSocket } }).incoming
        return new Response(String(socket.authorized))
      },
    }
    const address = { host: '127.0.0.1', port: 0 }
    const tls = { ...(await authority.issue('server')), ca: authority.ca }
    const servers = await startServers([{ name: 'one', address, app, tls }])
    const isAuthorized = async () => {
      const socket = connect({
        port: servers.port('one') ?? 0,
        ca: authority.ca,
        servername: 'localhost',
        cert,
        key,
      })
      socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      return (await text(socket)).endsWith('true')
    }
    expect(await isAuthorized()).toBe(false)
    servers.renewAuthority('one', other.ca)
    expect(await isAuthorized()).toBe(true)
    servers.renew('one', await authority.issue('renewed'))
    expect(await isAuthorized()).toBe(true)
    await servers.stop(0)
  })
})
