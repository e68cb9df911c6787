import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'

/** As the key set's `Cache-Control` allows. */
const keptMs = 60_000

/**
 * Stands in for a Dash app that is as strict as one may be: it keeps the key set as long as it is
 * allowed to, and refuses every token of a key that is not in it. (The Python package asks again for
 * a key that it does not know.) With each token it asks the data API of one of the replicas.
 */
export async function startVerifyingApp(internalUrls: readonly string[]) {
  const refusals: string[] = []
  /** How many requests came with a token of each key. */
  const tokensByKey = new Map<string, number>()
  let keySet: { readonly keys: Promise<JSONWebKeySet>; readonly fetchedAt: number } | undefined
  let turn = 0
  const someReplica = () => internalUrls[turn++ % internalUrls.length] ?? ''

  async function fetchKeys(): Promise<JSONWebKeySet> {
    const response = await fetch(`${someReplica()}/.well-known/jwks.json`)
    return (await response.json()) as JSONWebKeySet
  }

  function currentKeys(): Promise<JSONWebKeySet> {
    if (!keySet || Date.now() - keySet.fetchedAt > keptMs) {
      keySet = { keys: fetchKeys(), fetchedAt: Date.now() }
    }
    return keySet.keys
  }

  /** Whether the token is good here and at the data API; says why when it is not. */
  async function accepts(request: IncomingMessage): Promise<boolean> {
    const token = String(request.headers['x-tenant-token'])
    try {
      const { kid = '' } = decodeProtectedHeader(token)
      tokensByKey.set(kid, (tokensByKey.get(kid) ?? 0) + 1)
      await jwtVerify(token, createLocalJWKSet(await currentKeys()), {
        algorithms: ['EdDSA'],
        audience: 'dashgate-internal',
      })
      const headers = { authorization: `Bearer ${token}` }
      const context = await fetch(`${someReplica()}/context`, { headers })
      if (context.status !== 200) throw new Error(`${context.status}: ${await context.text()}`)
      return true
    } catch (error) {
      refusals.push(`${request.url}: ${String(error)}`)
      return false
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume()
    response.writeHead((await accepts(request)) ? 200 : 401, { 'Content-Type': 'application/json' })
    response.end('{"multi":true,"response":{}}')
  }

  async function shakeHands(request: IncomingMessage, socket: Duplex): Promise<void> {
    socket.on('error', () => socket.destroy())
    if (!(await accepts(request))) return void socket.destroy()
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
  }

  const server = createServer((request, response) => void answer(request, response))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  server.on('upgrade', (request, socket) => void shakeHands(request, socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    refusals,
    tokensByKey,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** As when the minute is over for which the key set may be kept. */
    forgetKeys(): void {
      keySet = undefined
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export type VerifyingApp = Awaited<ReturnType<typeof startVerifyingApp>>
