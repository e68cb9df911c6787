import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../test-support/certificates.ts'
import { startAdminScene, type AdminScene } from './support/admin-scene.ts'
import { startGateways } from './support/replicas.ts'
import { stack } from './support/stack.ts'

let scene: AdminScene

beforeAll(async () => {
  scene = await startAdminScene()
}, 120_000)

afterAll(() => scene?.stop())

const ask = (...asked: Parameters<AdminScene['ask']>) => scene.ask(...asked)

describe('V20: a handshake of an unusual form', () => {
  const checkServerIdentity = () => undefined
  const stranger = async () => (await createAuthority('Other CA')).issue('pipeline')

  it.each([
    ['in capitals', { servername: 'LOCALHOST' }],
    ['of another host', { servername: 'other.test' }],
    ['of the public listener', { servername: 'dashboards.example' }],
    ['of nobody', { servername: '' }],
  ])('lets nobody in with a name %s', async (_, names) => {
    const tls = { ...names, checkServerIdentity }
    expect((await ask('either', { tls })).outcome).toBe('401 certificate_missing')
    expect((await ask('either', { tls, certificate: await stranger() })).outcome).toBe(
      '403 certificate_untrusted',
    )
    expect((await ask('either', { tls, certificate: scene.pipeline })).outcome).toBe('200')
  })

  /** Passes bytes on one by one, each in a packet of its own. */
  async function inSplinters(port: number) {
    const server = createServer((client) => {
      const gateway = connect({ port, host: '127.0.0.1', noDelay: true })
      for (const socket of [client, gateway]) socket.on('error', () => {})
      gateway.pipe(client)
      const pass = async () => {
        for await (const chunk of client as AsyncIterable<Buffer>) {
          for (const byte of chunk) {
            gateway.write(Buffer.of(byte))
            await turn()
          }
        }
        gateway.end()
      }
      pass().catch(() => gateway.destroy())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return server
  }

  it('lets nobody in whose ClientHello comes in splinters', async () => {
    const relay = await inSplinters(scene.adminPort('either'))
    const { port } = relay.address() as AddressInfo
    const outcome = async (certificate: object) => {
      const { ca } = scene.authority
      const socket = connectTls({ port, ca, servername: 'localhost', ...certificate })
      socket.write('GET /admin/tenants HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      return /^HTTP\/1.1 \d+/.exec(await text(socket))?.[0]
    }
    expect(await outcome({})).toBe('HTTP/1.1 401')
    expect(await outcome(await stranger())).toBe('HTTP/1.1 403')
    expect(await outcome(scene.pipeline)).toBe('HTTP/1.1 200')
    relay.close()
  })
})

describe('X19, V20: the file of the CA', () => {
  it('that is taken away or replaced while it runs changes nothing until the next start', async () => {
    const file = scene.environment['ADMIN_CA_FILE'] ?? ''
    const before = await readFile(file)
    const other = await createAuthority('Replaced CA')
    const certificate = await other.issue('pipeline')
    for (const change of [() => rm(file), () => writeFile(file, other.ca)]) {
      await change()
      expect((await ask('both', { certificate })).outcome).toBe('403 certificate_untrusted')
      expect((await ask('either', {})).outcome).toBe('401 certificate_missing')
      expect((await ask('either', { certificate: scene.pipeline })).outcome).toBe('200')
    }
    await scene.gateway('both').stop()
    await scene.gateway('both').start()
    expect((await ask('both', { certificate: scene.pipeline })).code).toBe('certificate_untrusted')
    expect((await ask('both', { certificate })).code).toBe('token_missing')
    await writeFile(file, before)
    await scene.gateway('both').stop()
    await scene.gateway('both').start()
  }, 60_000)

  it.each([
    ['that is missing', undefined],
    ['that is empty', ''],
    ['that holds something else', 'no certificate at all'],
    ['that was cut off', '-----BEGIN CERTIFICATE-----\nMIIB'],
  ])('%s: no gateway starts', async (how, content) => {
    const file = join(dirname(scene.environment['ADMIN_CA_FILE'] ?? ''), `ca ${how}.pem`)
    if (content !== undefined) await writeFile(file, content)
    const started = startGateways(1, {
      environment: { ...scene.environment, ADMIN_CA_FILE: file },
      logs: stack.logs,
    })
    await expect(started).rejects.toThrow(
      /ended by itself[^]*ADMIN_CA_FILE (cannot be read|holds no certificate)/,
    )
  })
})
