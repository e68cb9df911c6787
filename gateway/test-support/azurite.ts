import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './postgres.ts'

export interface Azurite {
  readonly port: number
  readonly connectionString: string
  stop(): Promise<void>
}

/** The account and key that Azurite documents for everybody; it opens nothing but an emulator. */
const account = 'devstoreaccount1'
const accountKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** The same key, for whoever wants it apart. */
export const emulatorKey = accountKey

/** The address of the account on an emulator that speaks TLS. */
export const accountUrlFor = (port: number) => `https://localhost:${port}/${account}`

export const connectionStringFor = (port: number) =>
  `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};` +
  `BlobEndpoint=http://127.0.0.1:${port}/${account};`

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Starts an Azurite of its own, which keeps its blobs in memory. With a certificate it speaks TLS
 * and takes access tokens as well as the key: it looks at issuer, audience and times of a token, not
 * at the signature.
 */
export async function startAzurite(tls?: TlsFiles): Promise<Azurite> {
  const ownPort = await freePort()
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const server = spawn(
    process.execPath,
    [main, '--blobHost', '127.0.0.1', '--blobPort', String(ownPort), '--silent'].concat([
      '--inMemoryPersistence',
      '--skipApiVersionCheck',
      '--disableTelemetry',
      ...(tls ? ['--oauth', 'basic', '--cert', tls.certFile, '--key', tls.keyFile] : []),
    ]),
    { stdio: 'ignore' },
  )
  await accepts(ownPort)
  return {
    port: ownPort,
    connectionString: connectionStringFor(ownPort),
    stop: async () => {
      server.kill('SIGKILL')
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    },
  }
}

async function accepts(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await wait(100)
  }
  throw new Error('Azurite did not start within 30 s')
}
