import { STATUS_CODES, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What node's parser gives up with, and the answer to it; all else is 400. */
const statusByFault: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** A fault of the parser, with the bytes in which it was found. */
interface ParserFault extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer
}

/** How long a client may take to read the answer while what it still sends is thrown away. */
const lingerMs = 1000

/** What a request that is too large is answered with. */
export interface TooLargeAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Answers what node could not read, in the same way as node does by itself, but with a page where
 * the header section was too large: somebody may sit before it.
 */
export function answerUnreadable(
  server: Server,
  tooLarge: (blamesCookies: boolean) => TooLargeAnswer,
): void {
  /** What a connection has been asked and has not answered to the end: several, if it is in a hurry. */
  const open = new WeakMap<Duplex, readonly ServerResponse[]>()
  server.on('request', ({ socket }, response) => {
    open.set(socket, [...(open.get(socket) ?? []).filter(isOpen), response])
  })
  const answered = new WeakSet<Duplex>()
  server.on('clientError', (fault: ParserFault, socket) => {
    // Node goes on to parse what still comes, and finds the same fault in it.
    if (answered.has(socket)) return
    // An answer is on its way: what is written now would become part of it.
    const isBusy = open.get(socket)?.some((one) => isOpen(one) && one.headersSent) === true
    if (isBusy || !socket.writable) return void socket.destroy()
    answered.add(socket)
    const status = statusByFault[fault.code ?? ''] ?? 400
    const answer = status === 431 ? tooLarge(blamesCookies(fault.rawPacket)) : undefined
    socket.end(messageOf(status, answer))
    // Closed with bytes unread, TCP takes the answer back before it is read (RFC 9112 §9.6).
    socket.on('data', () => {})
    setTimeout(() => socket.destroy(), lingerMs).unref()
  })
}

const isOpen = ({ writableFinished }: ServerResponse) => !writableFinished

function messageOf(status: number, { headers, body }: TooLargeAnswer = { headers: {}, body: '' }) {
  const bytes = Buffer.from(body)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = `Content-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}${length}`
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes])
}

/** Longer than any address of ours, and too short to fill a header section. */
const longRequestLine = 2048
/** What is left of cookies, where the bytes do not say how they began. */
const manyCookies = 4096

/**
 * Whether it is cookies that made a header section too large, as far as the bytes tell in which that
 * was found: all of it, or what one more read brought. Any site can make a browser ask for a long
 * address, and must not have it drop its cookies by that.
 */
export function blamesCookies(packet: Buffer | undefined): boolean {
  const [first = '', ...fields] = (packet?.toString('latin1') ?? '').split('\r\n')
  const cookie = fields.find((field) => /^cookie:/i.test(field))
  if (/^[A-Z]+ \//.test(first)) return first.length <= longRequestLine && cookie !== undefined
  // The rest of a field, or of a long request line, in which no browser sends a space before its end.
  if (/ HTTP\/1\.\d$/.test(first)) return false
  return [`cookie: ${first}`, ...fields].some(
    (field) => /^cookie:.*; /i.test(field) && field.length > manyCookies,
  )
}
