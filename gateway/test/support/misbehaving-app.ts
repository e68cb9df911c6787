import type { Socket } from 'node:net'
import { rawServer } from '../../test-support/local-server.ts'

/** A request as the app has read it, far enough to answer it. */
interface Asked {
  readonly method: string
  /** Number of the question, unique over all users. */
  readonly question: string
  readonly how: string
  /** Whom the gateway says that it is for. */
  readonly who: string
  /** Only what is whole: the body is behind it. */
  readonly body: string
}

/** What an answer says, so that whoever gets it can tell whether it is theirs. */
export const answerFor = (who: string, question: string) => `{"for":"${who}","to":"${question}"}`

const http = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** What is sent beyond the answer; it names whose connection it came on, and is for nobody. */
const unasked = ({ who, question }: Asked) => http(`{"unasked":"${who} ${question}"}`)

type Behaviour = (socket: Socket, asked: Asked, answer: string) => void

const write =
  (text: (asked: Asked, answer: string) => string): Behaviour =>
  (socket, asked, answer) =>
    void socket.write(text(asked, answer), 'latin1')

const lastWords =
  (text: (asked: Asked, answer: string) => string): Behaviour =>
  (socket, asked, answer) =>
    void socket.end(text(asked, answer), 'latin1')

const interim = (status: string, count: number) => `HTTP/1.1 ${status}\r\n\r\n`.repeat(count)

/** Ways to answer; `good` are those of which a client must get the whole answer. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  plain: write((_, answer) => http(answer)),
  'plain again': write((_, answer) => http(answer)),
  'a second answer in the same write': write((asked, answer) => http(answer) + unasked(asked)),
  'a second answer a moment later': (socket, asked, answer) => {
    socket.write(http(answer))
    setImmediate(() => socket.write(unasked(asked)))
  },
  'a second answer without a status line': write((_, answer) => `${http(answer)}{"unasked":1}`),
  'the answer before the body was read': write((_, answer) => http(answer)),
  'a storm of 103': write((_, answer) => interim('103 Early Hints', 40) + http(answer)),
  'a storm of 102': write((_, answer) => interim('102 Processing', 40) + http(answer)),
  'a hundred that nobody asked for': write(
    (_, answer) => interim('100 Continue', 1) + http(answer),
  ),
  'a length that is too small': write(
    (_, answer) => http(answer).replace(/Length: (\d+)/, 'Length: 5') + answer,
  ),
  'a length that is too large': lastWords((_, answer) =>
    http(answer).replace(/Length: \d+/, 'Length: 5000'),
  ),
  'two lengths': lastWords((_, answer) => http(answer, 'Content-Length: 5\r\n')),
  'length and chunks at once': lastWords((_, answer) =>
    http(answer, 'Transfer-Encoding: chunked\r\n'),
  ),
  'a chunk size that is no number': lastWords(
    (_, answer) =>
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n${answer}\r\n0\r\n\r\n`,
  ),
  'a chunk that is too long': lastWords(
    (asked, answer) =>
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${answer}\r\n0\r\n\r\n${unasked(asked)}`,
  ),
  'chunks without an end': lastWords(
    (_, answer) =>
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n${answer.slice(0, 5)}\r\n`,
  ),
  'a NUL in a field': lastWords((_, answer) => http(answer, 'X-Note: a\0b\r\n')),
  'a bare CR in a field': lastWords((_, answer) => http(answer, 'X-Note: a\rSet-Cookie: a=b\r\n')),
  'a space before a colon': lastWords((_, answer) => http(answer, 'X-Note : b\r\n')),
  'a folded field': lastWords((_, answer) => http(answer, 'X-Note: a\r\n b\r\n')),
  'a thousand fields': lastWords((_, answer) => http(answer, 'X-Note: b\r\n'.repeat(1000))),
  'a field of a hundred kilobytes': lastWords((_, answer) =>
    http(answer, `X-Note: ${'b'.repeat(100_000)}\r\n`),
  ),
  'no HTTP': lastWords(() => 'hello\r\n\r\n'),
  'half a status line': lastWords(() => 'HTTP/1.1 2'),
  'an answer to a handshake': lastWords(
    (_, answer) =>
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${answer}`,
  ),
  nothing: (socket) => socket.destroy(),
}

export const waysToAnswer = Object.keys(behaviours)

/** After these the client has the whole answer; after all others it has that, or a failure. */
export const goodWays: ReadonlySet<string> = new Set(['plain', 'plain again', 'a storm of 103'])

/** The first request of what has come, and how many bytes it is long; `undefined` while it is not whole. */
function firstRequest(text: string): (Asked & { readonly length: number }) | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  const [, method = '', target = ''] = /^(\S+) (\S+) HTTP\/1\.1\r\n/.exec(head) ?? []
  const query = new URLSearchParams(target.split('?')[1])
  const size = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
  const how = query.get('how') ?? 'plain'
  const length = end + 4 + size
  if (text.length < length && !how.includes('before the body')) return undefined
  return {
    method,
    how,
    question: query.get('question') ?? '',
    who: /^x-user-email: (.*)$/im.exec(head)?.[1] ?? '',
    body: text.slice(end + 4, length),
    length,
  }
}

/**
 * An app that answers as each request tells it to, on the bytes themselves. What it has been asked is
 * counted by question.
 */
export async function startMisbehavingApp() {
  const asked = new Map<string, number>()
  const malformed: string[] = []
  let connections = 0
  const server = await rawServer((socket) => {
    connections += 1
    let received = ''
    let skip = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      for (;;) {
        const skipped = Math.min(skip, received.length)
        received = received.slice(skipped)
        skip -= skipped
        if (skip > 0 || received === '') return
        if (!/^(?:GET|POST) \//.test(received)) malformed.push(received.slice(0, 200))
        const request = firstRequest(received)
        if (!request) return
        // Of a request that is answered early the rest is still on its way.
        skip = request.length
        asked.set(request.question, (asked.get(request.question) ?? 0) + 1)
        const answer = answerFor(request.who, request.question)
        behaviours[request.how]?.(socket, request, answer)
      }
    })
  })
  return {
    url: server.url,
    asked: asked as ReadonlyMap<string, number>,
    malformed: malformed as readonly string[],
    connections: () => connections,
    stop: () => server[Symbol.asyncDispose](),
  }
}
