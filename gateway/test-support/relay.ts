import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, to take the server away without touching it. */
export interface Relay {
  readonly port: number
  /** Connections stay open, nothing passes: a lost route. */
  freeze(): void
  thaw(): void
  /** What is frozen stays so; new connections pass. */
  forget(): void
  /** Connections are reset and new ones refused: a server that is gone. */
  down(): Promise<void>
  up(): Promise<void>
  close(): Promise<void>
}

export async function startRelay(target: { host?: string; port: number }): Promise<Relay> {
  const sockets = new Set<Socket>()
  let frozen = false

  const accept = (client: Socket) => {
    const server = connect(target.port, target.host ?? '127.0.0.1')
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
      if (frozen) socket.pause()
    }
    client.on('data', (chunk) => server.write(chunk))
    server.on('data', (chunk) => client.write(chunk))
    if (frozen) for (const socket of [client, server]) socket.pause()
  }

  let listener = createServer(accept).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (!address || typeof address === 'string') throw new Error('The relay has no port')
  const { port } = address

  const stop = async () => {
    for (const socket of sockets) socket.resetAndDestroy()
    if (!listener.listening) return
    listener.close()
    await once(listener, 'close')
  }

  return {
    port,
    freeze: () => {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    thaw: () => {
      frozen = false
      for (const socket of sockets) socket.resume()
    },
    forget: () => {
      frozen = false
    },
    down: stop,
    up: async () => {
      listener = createServer(accept).listen(port, '127.0.0.1')
      await once(listener, 'listening')
    },
    close: stop,
  }
}
