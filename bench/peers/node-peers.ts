import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createPart, type Part, type PartContext } from '../../dev/part.ts'
import { answersOk } from '../../dev/wait.ts'

export interface PeerOptions {
  readonly port: number
  readonly upstream: string
}

const own = (file: string, { port, upstream }: PeerOptions) => [
  join(import.meta.dirname, file),
  `${port}`,
  upstream,
]

const chpFolder = () =>
  dirname(createRequire(import.meta.url).resolve('configurable-http-proxy/package.json'))

const commands = {
  'configurable-http-proxy': ({ port, upstream }: PeerOptions) => {
    const program = join(chpFolder(), 'bin', 'configurable-http-proxy')
    // Its own API is not asked for anything.
    const api = ['--api-ip', '127.0.0.1', '--api-port', `${port + 1}`]
    const listen = ['--ip', '127.0.0.1', '--port', `${port}`]
    return [program, ...listen, ...api, '--default-target', upstream]
  },
  'http-proxy-middleware': (options: PeerOptions) => own('http-proxy-middleware.ts', options),
  'Hono proxy helper': (options: PeerOptions) => own('hono.ts', options),
  'Node and undici alone': (options: PeerOptions) => own('undici.ts', options),
}

export type NodePeer = keyof typeof commands

/** A proxy on the same Node as the gateway, that checks, logs and counts nothing. */
export function createNodePeer(name: NodePeer, options: PeerOptions, context: PartContext): Part {
  return createPart(
    {
      name: name.replaceAll(' ', '-').toLowerCase(),
      command: {
        file: process.execPath,
        args: commands[name](options),
        env: { NODE_ENV: 'production' },
      },
      isReady: () => answersOk(`http://127.0.0.1:${options.port}/`),
    },
    context,
  )
}
