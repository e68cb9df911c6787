import { Writable } from 'node:stream'
import winston from 'winston'
import type { LogSink } from './log-sink.ts'

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

/** Takes secrets out of a log line, by key and by shape. */
const redact = winston.format((info) => Object.assign(info, redacted({ ...info })))

/** Takes every line at once, so that nothing waits here: what comes of it is the sink's to decide. */
const streamTo = (sink: Pick<LogSink, 'write'>) =>
  new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      sink.write(line)
      done()
    },
  })

/** JSON lines, one a record. */
export const createLogger = (level: string, sink: Pick<LogSink, 'write'>): Logger =>
  winston.createLogger({
    level,
    format: winston.format.combine(redact(), winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream: streamTo(sink), eol: '\n' })],
  })
