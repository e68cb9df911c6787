import { setTimeout as wait } from 'node:timers/promises'
import LokiTransport from 'winston-loki'
import { boundedAgents } from './loki-agent.ts'
import type { LogUse } from './store-metrics.ts'

export interface LokiOptions {
  /** Without the path of its push API. */
  readonly url: string
  readonly basicAuth?: string | undefined
  readonly orgId?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly format: 'protobuf' | 'json'
  readonly queueBytes: number
  /** Told once of each time that Loki stops taking lines, and when it takes them again. */
  readonly onFault?: (error: unknown) => void
  readonly onRecovery?: () => void
  /** For tests that cannot wait. */
  readonly patienceMs?: number
  readonly pauseMs?: (failures: number) => number
}

export interface LokiSink {
  /** Never waits and never throws. */
  write(line: string, level: string, atMs: number): void
  use(): LogUse
  /** Sends what is still here, for so long; for a process that ends. */
  close(withinMs: number): Promise<void>
}

interface Line {
  readonly text: string
  readonly level: string
  readonly atMs: number
}

/** Coding and compressing so much holds requests up for a millisecond or two. */
const loadBytes = 128 * 1024

/** How long lines are gathered before they are sent. */
const gatherMs = 250

/** What a line costs beside its text. */
const lineOverhead = 100

const defaultPauseMs = (failures: number) => Math.min(1000 * 2 ** (failures - 1), 30_000)

/** winston's own keys for a record (triple-beam). */
const levelKey = Symbol.for('level')
const messageKey = Symbol.for('message')

/** A line that Loki will never take must not hold up the others; that there are too many will pass. */
const isHopeless = (error: unknown) => {
  const { statusCode = 0 } = error as { statusCode?: number }
  return statusCode >= 400 && statusCode < 500 && statusCode !== 429
}

/**
 * Sends lines of the log to Loki, by winston-loki, whose batch has no bound of its own: while one load is
 * with it, which is held until Loki has taken it, the others wait in a queue that has. After a fault it is
 * made anew, since it would wait a minute before it tried again.
 *
 * `gracefulShutdown` stays off: it takes the signals of the whole process for itself.
 */
export function createLokiSink(options: LokiOptions): LokiSink {
  const { queueBytes, pauseMs = defaultPauseMs } = options
  const agents = boundedAgents(options.patienceMs)
  const closing = new AbortController()
  let queue: Line[] = []
  let waitingBytes = 0
  let written = 0
  let dropped = 0
  let fault: unknown
  let transport: LokiTransport | undefined
  let running: Promise<void> | undefined

  const newTransport = () =>
    new LokiTransport({
      host: options.url,
      ...(options.basicAuth === undefined ? {} : { basicAuth: options.basicAuth }),
      headers: options.orgId === undefined ? {} : { 'X-Scope-OrgID': options.orgId },
      labels: { job: 'dashgate', ...options.labels },
      json: options.format === 'json',
      interval: gatherMs / 1000,
      // What was not taken is held here.
      clearOnError: true,
      replaceTimestamp: false,
      gracefulShutdown: false,
      timeout: options.patienceMs ?? 10_000,
      ...agents,
      // Whatever it is, as long as there is one: the line is sent as it is then.
      format: {} as never,
      onConnectionError: (error) => void (fault = error),
    })

  function takeLoad(): Line[] {
    let bytes = 0
    let count = 0
    for (const { text } of queue) {
      if (count > 0 && bytes + text.length > loadBytes) break
      bytes += text.length
      count += 1
    }
    return queue.splice(0, count)
  }

  /** @returns what was wrong, if anything */
  async function send(load: readonly Line[]): Promise<unknown> {
    fault = undefined
    transport ??= newTransport()
    for (const { text, level, atMs } of load) {
      transport.log?.({ [levelKey]: level, [messageKey]: text, timestamp: atMs }, () => {})
    }
    await transport.flush()
    return fault
  }

  const startAnew = () => {
    void transport?.close()
    transport = undefined
  }

  /** @returns whether Loki has the load; tries until it has, refuses it, or we end */
  async function deliver(load: readonly Line[]): Promise<boolean> {
    for (let failures = 1; ; failures += 1) {
      const error = await send(load)
      if (error === undefined) {
        if (failures > 1) options.onRecovery?.()
        return true
      }
      if (failures === 1) options.onFault?.(error)
      startAnew()
      if (closing.signal.aborted || isHopeless(error)) return false
      await wait(pauseMs(failures), undefined, { signal: closing.signal }).catch(() => {})
    }
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const load = takeLoad()
      if (await deliver(load)) written += load.length
      else dropped += load.length
      for (const { text } of load) waitingBytes -= text.length + lineOverhead
    }
    running = undefined
  }

  return {
    write(text, level, atMs) {
      const bytes = text.length + lineOverhead
      if (waitingBytes + bytes > queueBytes) {
        dropped += 1
        return
      }
      waitingBytes += bytes
      queue.push({ text, level, atMs })
      running ??= wait(gatherMs, undefined, { signal: closing.signal })
        .catch(() => {})
        .then(run)
    },
    use: () => ({ written, dropped, waitingBytes }),
    async close(withinMs) {
      closing.abort()
      await Promise.race([running, wait(withinMs, undefined, { ref: false })])
      dropped += queue.length
      queue = []
      startAnew()
    },
  }
}
