import winston from 'winston'
import Transport from 'winston-transport'
import type { LogSink } from './log-sink.ts'

/** Where winston's formats leave the finished line for its transports. */
const MESSAGE = Symbol.for('message')

export type Logger = winston.Logger

/** Keys whose values are secrets wherever they turn up in a log line. */
const secretKey = /authorization|cookie|password|secret|token|^code$|^state$/i

/** A JWT or a sealed cookie, by its shape: what slips in as part of another text. */
const secretShape = /eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|Fe26\.2\*[^\s"]+/g

/** Drizzle repeats the values of a failed query in the error's text. */
const queryParameters = /\nparams: [^\n]*/g

function redacted(value: unknown, key = ''): unknown {
  if (key !== '' && secretKey.test(key)) return '[redacted]'
  if (typeof value === 'string')
    return value.replace(secretShape, '[redacted]').replace(queryParameters, '')
  if (value instanceof Error)
    return redacted({
      name: value.name,
      message: value.message,
      stack: value.stack,
      ...(value.cause === undefined ? {} : { cause: value.cause }),
    })
  if (Array.isArray(value)) return value.map((item) => redacted(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redacted(item, name)]),
  )
}

const json = winston.format.json()

/** What a line looks like in which there may be something to take out; most lines have nothing. */
const suspicious = /authorization|cookie|password|secret|token|"code"|"state"|eyJ|Fe26|params: /i

const isPlain = (value: unknown) => typeof value !== 'object' || value === null

/**
 * One line of JSON, without secrets. A line is written for each request: those of plain values without
 * anything suspicious skip what takes secrets out, which costs five times as much (measured).
 */
const asLine = winston.format((info) => {
  const stamped = Object.assign(info, { timestamp: new Date().toISOString() })
  const line = Object.values(stamped).every(isPlain) ? JSON.stringify(stamped) : undefined
  if (line === undefined || suspicious.test(line)) {
    return json.transform(Object.assign(info, redacted({ ...stamped })), {})
  }
  return Object.assign(info, { [MESSAGE]: line })
})

/** Hands lines on at once, so that nothing waits here: what comes of them is the sink's to decide. */
class SinkTransport extends Transport {
  readonly #sink: Pick<LogSink, 'write'>

  constructor(sink: Pick<LogSink, 'write'>) {
    super()
    this.#sink = sink
  }

  override log(info: Record<symbol, unknown>, done: () => void): void {
    this.#sink.write(`${String(info[MESSAGE])}\n`)
    done()
  }
}

/** JSON lines, one a record. */
export const createLogger = (level: string, sink: Pick<LogSink, 'write'>): Logger =>
  winston.createLogger({ level, format: asLine(), transports: [new SinkTransport(sink)] })
