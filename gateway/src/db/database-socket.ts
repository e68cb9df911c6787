import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface SocketAddress {
  readonly host: string
  readonly port: number
  /** A Unix socket instead. */
  readonly path?: string | undefined
}

/** How the server has to prove who it is. */
export interface ServerProof {
  /** Certificates (PEM) that alone are trusted; the well-known authorities when not given. */
  readonly ca?: Buffer | undefined
}

/** SSLRequest (PostgreSQL, "Message Formats"): its length, and a number that is no version. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const handshakeMs = 3000

export const openSocket = ({ host, port, path }: SocketAddress): Socket =>
  path === undefined ? connect({ host, port }) : connect(path)

/**
 * TLS on a socket of Postgres, with the server's name checked. The driver would do it as well, but it
 * takes our listeners off the socket on its way, and with them the knowledge that it was lost; and it
 * compares the certificate of a server that is named by its address with `localhost`.
 *
 * @throws an error with code `TLS_FAILED` when the server has no TLS, or is not who it should be
 */
export async function encrypt(raw: Socket, host: string, { ca }: ServerProof): Promise<Socket> {
  const signal = AbortSignal.timeout(handshakeMs)
  try {
    raw.write(sslRequest)
    const [answer] = (await once(raw, 'data', { signal })) as [Buffer]
    // Whatever follows the letter came unencrypted, from anybody (CVE-2021-23222).
    if (answer.toString('latin1') !== 'S') throw new Error('the server offers no TLS')
    const socket = connectTls({
      socket: raw,
      host,
      // An address is no server name (RFC 6066, section 3); it is compared with the certificate all the same.
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca ? { ca } : {}),
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
    })
    // Who waits is told below; an error after that has nobody else to go to.
    socket.on('error', () => {})
    await once(socket, 'secureConnect', { signal })
    return socket
  } catch (cause) {
    raw.destroy()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw Object.assign(new Error(`No secure connection to the database: ${reason}`, { cause }), {
      code: 'TLS_FAILED',
    })
  }
}
