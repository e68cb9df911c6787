import { connect } from 'node:net'

/**
 * Sends bytes as they are and gives back what came until the other side was silent or closed: for
 * requests that no HTTP client would make.
 */
export function sendRaw(port: number, bytes: string | Buffer, silenceMs = 400): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    const done = () => {
      socket.destroy()
      resolve(received)
    }
    socket.setTimeout(silenceMs, done)
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
    socket.on('end', done)
    socket.on('error', done)
    socket.write(bytes)
  })
}
