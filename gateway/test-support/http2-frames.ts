import { once } from 'node:events'
import { connect } from 'node:tls'

/** Frame types, flags and error codes of RFC 9113 that tests use. */
export const types = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const
export const flags = { END_STREAM: 1, ACK: 1, END_HEADERS: 4 } as const
export const codes = { NO_ERROR: 0, REFUSED_STREAM: 7, CANCEL: 8 } as const

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** A frame as it is, whatever sense it makes (RFC 9113 §4.1). */
export function frame(
  type: number,
  flag: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flag
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A length in seven bits and what goes beyond (RFC 7541 §5.1). */
function lengthOf(text: Buffer): Buffer {
  if (text.length < 127) return Buffer.from([text.length])
  const bytes = [127]
  let rest = text.length - 127
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
  return Buffer.from([...bytes, rest])
}

export type Fields = readonly (readonly [name: string, value: string])[]

/** Fields as literals that no table remembers (RFC 7541 §6.2.2): what a client library would not send. */
export const block = (fields: Fields): Buffer =>
  Buffer.concat(
    fields.flatMap(([name, value]) => [
      Buffer.from([0]),
      ...[name, value].flatMap((text) => {
        const bytes = Buffer.from(text, 'latin1')
        return [lengthOf(bytes), bytes]
      }),
    ]),
  )

/** Reads frames out of what arrives. */
function reader(onFrame: (one: Frame) => void) {
  let rest = Buffer.alloc(0)
  return function read(chunk: Buffer): void {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3)
      const stream = rest.readUInt32BE(5) & 0x7fff_ffff
      onFrame({ type: rest[3] ?? 0, flags: rest[4] ?? 0, stream, payload: rest.subarray(9, end) })
      rest = rest.subarray(end)
    }
  }
}

/** A client of HTTP/2 that sends the frames it is told to, for what no library would send. */
export async function frameClient(port: number, host = '127.0.0.1') {
  const socket = connect({ port, host, ALPNProtocols: ['h2'], rejectUnauthorized: false })
  const received: Frame[] = []
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let isEnded = false
  void ended.then(() => (isEnded = true))
  socket.on('error', () => {})
  const read = reader((one) => {
    received.push(one)
    if (one.type === types.SETTINGS && one.flags === 0) send(frame(types.SETTINGS, flags.ACK, 0))
  })
  socket.on('data', read)
  const send = (...frames: readonly Buffer[]) => void socket.write(Buffer.concat(frames))
  await once(socket, 'secureConnect')
  send(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(types.SETTINGS, 0, 0))

  return {
    send,
    received,
    /** Resolves when the server has closed the connection, or it was cut. */
    ended,
    isEnded: () => isEnded,
    /** Resolves with the first frame of this kind; with nothing when the connection ends before. */
    async first(type: number, stream?: number): Promise<Frame | undefined> {
      for (;;) {
        const found = received.find(
          (one) => one.type === type && (stream === undefined || one.stream === stream),
        )
        if (found || isEnded) return found
        await Promise.race([once(socket, 'data').catch(() => {}), ended])
      }
    },
    close: () => socket.destroy(),
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

export type FrameClient = Awaited<ReturnType<typeof frameClient>>
