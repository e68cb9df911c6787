import { constants } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Server as TlsServer, TLSSocket } from 'node:tls'
import { createBrowserServer } from './http2-server.ts'
import type { ServerLimits } from './server-limits.ts'

/** What a listener shows to its clients. */
export interface TlsIdentity {
  readonly cert: Buffer
  readonly key: Buffer
}

/**
 * TLS of a listener that operators use. Every client is asked for a certificate, and none is turned
 * away for it: whether it is good is the app's to ask, with each request, so that a refusal is
 * answered and recorded.
 */
export interface ListenerTls extends TlsIdentity {
  /** CA of the client certificates. */
  readonly ca?: Buffer
  /**
   * Looks at a connection while it is open; what it returns is called when TLS breaks the connection
   * off, so that no request will ever come of it.
   */
  readonly watch?: (socket: TLSSocket) => (error: Error) => void
  /**
   * TLS of a listener that browsers use, instead: HTTP/2 beside HTTP/1.1, and nobody is asked for a
   * certificate, which would open a dialog.
   */
  readonly forBrowsers?: boolean
}

const limits = { minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const

// A new handshake within a connection could swap the certificate after it was looked at
// (CVE-2009-3555), and costs us more than who asks for it; RFC 9113 §9.2.1 forbids it. Node leaves
// that on, and SSL_OP_NO_RENEGOTIATION has no name in node.
const noRenegotiation = 0x4000_0000

const forBrowsers = { ...limits, secureOptions: noRenegotiation } as const

const forOperators = {
  ...limits,
  requestCert: true,
  rejectUnauthorized: false,
  // A session that is resumed shows no certificate again, and what node says of it differs between
  // versions (nodejs/node#35317).
  secureOptions: constants.SSL_OP_NO_TICKET | noRenegotiation,
} as const

/** Not that a client hangs up, or speaks TLS but no HTTP. */
const isOfTls = ({ code }: NodeJS.ErrnoException) => code?.startsWith('ERR_SSL') === true

export function createTlsServer(
  { watch, forBrowsers: isForBrowsers = false, ...files }: ListenerTls,
  limits: ServerLimits,
  listener: RequestListener,
): Server {
  if (isForBrowsers) return createBrowserServer({ ...forBrowsers, ...files }, limits, listener)
  const server = createHttpsServer({ ...limits, ...forOperators, ...files }, listener)
  const watched = new WeakSet<TLSSocket>()
  server.on('secureConnection', (socket) => {
    watched.add(socket)
    // For its side effect: a certificate whose signature is wrong leaves an error behind in OpenSSL,
    // which would end the connection at the next read, without an answer.
    socket.getPeerX509Certificate()
    const tell = watch?.(socket)
    socket.once('error', (error) => isOfTls(error) && tell?.(error))
  })
  server.on('tlsClientError', (error, socket) => {
    if (isOfTls(error) && !watched.has(socket)) watch?.(socket)(error)
  })
  return server
}

/** Another certificate or CA for whoever connects from now on; who is connected stays so. */
export function renewIdentity(server: Server, tls: ListenerTls): void {
  const { ca, cert, key } = tls
  const secure = server as unknown as TlsServer
  const { minVersion, secureOptions } = tls.forBrowsers ? forBrowsers : forOperators
  // Node makes new ones, and every browser would have to shake hands in full once more.
  const ticketKeys = secure.getTicketKeys()
  secure.setSecureContext({ minVersion, secureOptions, ca, cert, key })
  secure.setTicketKeys(ticketKeys)
}
