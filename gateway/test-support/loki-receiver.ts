import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What Loki understands of a push. */
export interface Pushed {
  readonly labels: string
  readonly atMs: number
  readonly line: string
}

/** A varint of protobuf and of snappy: seven bits a byte, the lowest first. */
function varint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at] ?? 0
    value += (byte & 0x7f) * 2 ** shift
    at += 1
    if (byte < 0x80) return [value, at]
  }
}

/** Snappy's block format (google/snappy, format_description.txt). */
function unsnappy(bytes: Buffer): Buffer {
  const [length, start] = varint(bytes, 0)
  const out = Buffer.alloc(length)
  let to = 0
  for (let at = start; at < bytes.length;) {
    const tag = bytes[at] ?? 0
    at += 1
    const kind = tag & 3
    if (kind === 0) {
      let size = tag >> 2
      if (size >= 60) {
        const more = size - 59
        size = bytes.readUIntLE(at, more)
        at += more
      }
      to += bytes.copy(out, to, at, at + size + 1)
      at += size + 1
      continue
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
    const offset =
      kind === 1 ? ((tag >> 5) << 8) | (bytes[at] ?? 0) : bytes.readUIntLE(at, kind === 2 ? 2 : 4)
    at += kind === 1 ? 1 : kind === 2 ? 2 : 4
    for (let index = 0; index < size; index += 1, to += 1) out[to] = out[to - offset] ?? 0
  }
  if (to !== length) throw new Error('snappy: another length than was said')
  return out
}

/** The fields of a message of protobuf: numbers, and bytes for whatever has a length. */
function* fields(bytes: Buffer): Generator<[field: number, value: number | Buffer]> {
  for (let at = 0; at < bytes.length;) {
    const [key, afterKey] = varint(bytes, at)
    const [value, next] = varint(bytes, afterKey)
    at = next
    if ((key & 7) === 0) yield [key >> 3, value]
    else if ((key & 7) === 2) {
      yield [key >> 3, bytes.subarray(at, at + value)]
      at += value
    } else throw new Error(`protobuf: wire type ${key & 7}`)
  }
}

const messages = (bytes: Buffer, wanted: number) =>
  [...fields(bytes)].filter(([field]) => field === wanted).map(([, value]) => value as Buffer)

/** `logproto.Entry` of Loki: timestamp, line. */
function entryOf(bytes: Buffer): { atMs: number; line: string } {
  const [timestamp = Buffer.alloc(0)] = messages(bytes, 1)
  const time = new Map(fields(timestamp))
  return {
    atMs: Number(time.get(1) ?? 0) * 1000 + Number(time.get(2) ?? 0) / 1e6,
    line: messages(bytes, 2)[0]?.toString() ?? '',
  }
}

/** `logproto.PushRequest`: streams of labels and entries. */
const ofProtobuf = (bytes: Buffer): Pushed[] =>
  messages(bytes, 1).flatMap((stream) => {
    const labels = messages(stream, 1)[0]?.toString() ?? ''
    return messages(stream, 2).map((entry) => ({ labels, ...entryOf(entry) }))
  })

interface JsonPush {
  readonly streams: readonly {
    readonly stream: Readonly<Record<string, string>>
    readonly values: readonly (readonly [string, string, object?])[]
  }[]
}

const labelText = (labels: Readonly<Record<string, string>>) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`

const ofJson = (text: string): Pushed[] =>
  (JSON.parse(text) as JsonPush).streams.flatMap(({ stream, values }) =>
    values.map(([nanoseconds, line]) => ({
      labels: labelText(stream),
      atMs: Number(BigInt(nanoseconds) / 1_000_000n),
      line,
    })),
  )

/**
 * A receiver of Loki's push API as its documentation has it: JSON, or protobuf compressed by snappy, and
 * 204 for what was taken.
 */
export async function startLoki() {
  const taken: Pushed[] = []
  const requests: IncomingMessage[] = []
  let answer: ((response: ServerResponse) => void) | undefined
  function take(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (answer) {
      answer(response)
      return
    }
    const isJson = request.headers['content-type'] === 'application/json'
    taken.push(...(isJson ? ofJson(body.toString()) : ofProtobuf(unsnappy(body))))
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => {
    requests.push(request)
    void buffer(request)
      .catch(() => undefined)
      .then((body) => body && take(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    requests,
    /** Answers in another way from now on; without one it is a good Loki again. */
    answerWith: (other: typeof answer) => void (answer = other),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
