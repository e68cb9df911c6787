import winston from 'winston'
import Transport from 'winston-transport'
import type { AddressPolicy } from './addresses.ts'
import type { LogSink } from './log-sink.ts'

/** Where winston's formats leave the finished line for its transports. */
const MESSAGE = Symbol.for('message')
const LEVEL = Symbol.for('level')

export type Logger = winston.Logger

/** Keys whose values are secrets wherever they turn up in a log line. */
const secretKey =
  /authorization|cookie|passw|secret|token|credential|connection_?string|private_?key|api_?key|^code$|^state$|^sig$/i

/** A JWT, a sealed cookie or a private key, by its shape: what slips in as part of another text. */
const secretShape =
  /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|Fe26\.2\*[^\s"]+|-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g

/**
 * What follows these words within a text, up to a space, a quote or what parts it from the next: headers,
 * connection strings of Azure, signatures of storage URLs, cookies by their names.
 */
const afterWord =
  /\b((?:bearer|basic) +|(?:AccountKey|SharedAccessKey|SharedAccessSignature|password|pwd|client_secret|access_token|refresh_token|id_token|sig)=|__(?:Host|Secure)-[\w-]+=)[^\s"'&;,]+/gi

/** `postgres://user:password@host`, whatever the scheme. */
const userInfo = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"]*:)[^\s@/"]+@/gi

/** Drizzle repeats the values of a failed query in the error's text. */
const queryParameters = /\nparams: [^\n]*/g

function redactedText(text: string, addresses: AddressPolicy | undefined): string {
  const safe = text
    .replace(secretShape, '[redacted]')
    .replace(afterWord, '$1[redacted]')
    .replace(userInfo, '$1[redacted]@')
    .replace(queryParameters, '')
  return addresses ? addresses(safe) : safe
}

function redacted(value: unknown, addresses?: AddressPolicy, key = ''): unknown {
  if (key !== '' && secretKey.test(key)) return '[redacted]'
  if (typeof value === 'string') return redactedText(value, addresses)
  if (value instanceof Error)
    return redacted(
      {
        name: value.name,
        message: value.message,
        stack: value.stack,
        ...(value.cause === undefined ? {} : { cause: value.cause }),
      },
      addresses,
    )
  if (Array.isArray(value)) return value.map((item) => redacted(item, addresses))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redacted(item, addresses, name)]),
  )
}

const json = winston.format.json()

/** What a line looks like in which there may be something to take out; most lines have nothing. */
const suspicious =
  /authorization|cookie|passw|pwd=|secret|token|credential|connection_?string|_?key"|key=|signature=|sig[="]|"code"|"state"|eyJ|Fe26|params: |bearer |basic |__host-|__secure-|private key|:\/\/[^\s"]*@/i

const isPlain = (value: unknown) => typeof value !== 'object' || value === null

/**
 * One line of JSON, without secrets. A line is written for each request: those of plain values without
 * anything suspicious skip what takes secrets out, which costs five times as much (measured).
 */
const asLine = winston.format((info, options) => {
  const { addresses } = options as { addresses: AddressPolicy | undefined }
  const stamped = Object.assign(info, { timestamp: new Date().toISOString() })
  const line = Object.values(stamped).every(isPlain) ? JSON.stringify(stamped) : undefined
  if (line === undefined || suspicious.test(line) || (addresses && line.includes('@'))) {
    return json.transform(Object.assign(info, redacted({ ...stamped }, addresses)), {})
  }
  return Object.assign(info, { [MESSAGE]: line })
})

/** A line of the log for one sink; it never waits. */
type WriteLine = (line: string, level: string) => void

/** Hands lines on at once, so that nothing waits here: what comes of them is the sink's to decide. */
class SinkTransport extends Transport {
  readonly #write: WriteLine

  constructor(write: WriteLine) {
    super()
    this.#write = write
  }

  override log(info: Record<symbol, unknown>, done: () => void): void {
    this.#write(String(info[MESSAGE]), String(info[LEVEL]))
    done()
  }
}

export interface LoggerOptions {
  /** Also gets each line, without its end. */
  readonly loki?: WriteLine | undefined
  /** What becomes of e-mail addresses; without it they stay. */
  readonly addresses?: AddressPolicy | undefined
}

/** JSON lines, one a record. */
export const createLogger = (
  level: string,
  sink: Pick<LogSink, 'write'>,
  { loki, addresses }: LoggerOptions = {},
): Logger =>
  winston.createLogger({
    level,
    format: asLine({ addresses }),
    transports: [
      new SinkTransport((line) => sink.write(`${line}\n`)),
      ...(loki ? [new SinkTransport(loki)] : []),
    ],
  })
