import type { Writable } from 'node:stream'
import type { LogUse } from './store-metrics.ts'

/** Where lines of the log go; writing never waits and never throws. */
export interface LogSink {
  write(line: string): void
  /** Hands over what is still here; for a process that ends. */
  flush(): void
  /** What became of the lines so far; dropped are those whose reader is too slow, or gone. */
  use(): LogUse
}

/** Some ten thousand lines: what a reader that stopped for a while can still catch up with. */
const maxPendingBytes = 4 * 1024 * 1024

/**
 * Writes lines to a stream, and loses them where they cannot be written: a log that nobody reads must
 * neither slow requests down, nor fill our memory, nor end the process (winston#1364, winston#2465).
 * It takes up again by itself when the stream does. The lines of one turn of the event loop go out
 * together: each for itself, they were a tenth of what a request costs (measured).
 */
export function createLogSink(stream: Writable, maxBytes = maxPendingBytes): LogSink {
  let dropped = 0
  let written = 0
  let pending = ''
  let lines = 0
  // Without a listener it would end the process. Each line that it costs is counted below.
  stream.on('error', () => {})

  function flush() {
    if (lines === 0) return
    const count = lines
    stream.write(pending, (error) => {
      if (error) dropped += count
      else written += count
    })
    pending = ''
    lines = 0
  }

  return {
    write(line) {
      if (stream.writableLength + pending.length + line.length > maxBytes) {
        dropped += 1
        return
      }
      if (lines === 0) setImmediate(flush)
      pending += line
      lines += 1
    },
    flush,
    use: () => ({ dropped, written, waitingBytes: stream.writableLength + pending.length }),
  }
}
