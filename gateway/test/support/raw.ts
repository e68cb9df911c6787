import { connect } from 'node:net'

/** Longer than any answer takes on a busy machine: only a server that waits for more is so silent. */
const patienceMs = 10_000

/** Once an answer has begun, so long a pause in it means that the rest is on a connection kept open. */
const pauseMs = 1_000

/**
 * Sends bytes as they are and gives back what came until the other side closed, or fell silent: for
 * requests that no HTTP client would make.
 */
export function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    const done = () => {
      socket.destroy()
      resolve(received)
    }
    socket.setTimeout(patienceMs, done)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      socket.setTimeout(pauseMs)
    })
    socket.on('end', done)
    socket.on('error', done)
    socket.write(bytes)
  })
}
