import type { Writable } from 'node:stream'

/** Where lines of the log go; writing never waits and never throws. */
export interface LogSink {
  write(line: string): void
  /** Lines that were lost so far, because whoever reads them is too slow, or gone. */
  dropped(): number
}

/** Some ten thousand lines: what a reader that stopped for a while can still catch up with. */
const maxPendingBytes = 4 * 1024 * 1024

/**
 * Writes lines to a stream, and loses them where they cannot be written: a log that nobody reads must
 * neither slow requests down, nor fill our memory, nor end the process (winston#1364, winston#2465).
 * It takes up again by itself when the stream does.
 */
export function createLogSink(stream: Writable, maxBytes = maxPendingBytes): LogSink {
  let dropped = 0
  // Without a listener it would end the process. Each line that it costs is counted below.
  stream.on('error', () => {})
  return {
    write(line) {
      if (stream.writableLength + line.length > maxBytes) dropped += 1
      else stream.write(line, (error) => void (dropped += error ? 1 : 0))
    },
    dropped: () => dropped,
  }
}
