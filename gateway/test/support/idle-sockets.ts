import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { stack } from './stack.ts'

/** Many WebSockets of one person that say nothing, and how each of them ended. */
export interface IdleSockets {
  readonly open: () => number
  /** Close codes of those that have ended; 1006 for those that ended without one. */
  readonly codes: readonly number[]
  close(): void
}

export interface IdleSocketsOptions {
  /** Where the gateway listens. */
  readonly url: string
  readonly path: string
  readonly cookie: string
  readonly count: number
}

/** So many handshakes are under way at a time. */
const atOnce = 40

/**
 * Opens WebSockets on the bytes themselves: thousands of a library's would be the greater part of what
 * is measured.
 */
export async function openIdleSockets(options: IdleSocketsOptions): Promise<IdleSockets> {
  const { hostname, port } = new URL(options.url)
  const sockets = new Set<Socket>()
  const codes: number[] = []
  const handshake = [
    `GET ${options.path} HTTP/1.1`,
    `Host: ${new URL(stack.publicUrl).host}`,
    `Origin: ${stack.publicUrl}`,
    `Cookie: ${options.cookie}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '',
    '',
  ].join('\r\n')

  const openOne = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let code: number | undefined
      let isOpen = false
      socket.on('error', reject)
      socket.on('data', (bytes: Buffer) => {
        if (isOpen && bytes[0] === 0x88) code = bytes.readUInt16BE(2)
        if (isOpen) return void socket.end()
        if (!bytes.toString('latin1').startsWith('HTTP/1.1 101 '))
          return reject(new Error(bytes.toString('latin1')))
        isOpen = true
        sockets.add(socket)
        resolve()
      })
      socket.on('close', () => {
        if (sockets.delete(socket)) codes.push(code ?? 1006)
      })
      socket.write(handshake)
    })

  let begun = 0
  const worker = async () => {
    while (begun < options.count) {
      begun += 1
      await openOne()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return {
    open: () => sockets.size,
    codes,
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
