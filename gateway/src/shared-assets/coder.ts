import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { brotliCompress, gzip, zstdCompress } from 'node:zlib'
import type { Coding } from '../http/content-coding.ts'
import { effort } from './coding-effort.ts'

/** What the thread is asked for. */
export interface CoderTask {
  readonly bytes: Uint8Array
  readonly coding: Coding
}

interface Waiting extends CoderTask {
  readonly resolve: (coded: Buffer | undefined) => void
}

const encoders = {
  br: promisify(brotliCompress),
  zstd: promisify(zstdCompress),
  gzip: promisify(gzip),
}

/** A thread with nothing to do costs some megabytes. */
const idleMs = 10_000

/**
 * Codes beside everything else, one thing at a time. Nothing may wait for it that can do without.
 *
 * @param onFault told of what the thread dies of; the next task starts another
 */
export function createCoder(onFault: (cause: unknown) => void) {
  const waiting: Waiting[] = []
  let worker: Worker | undefined
  let current: Waiting | undefined
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  let quickOnes: Promise<unknown> = Promise.resolve()

  function stop(): void {
    void worker?.terminate()
    worker = undefined
  }

  function finish(coded: Buffer | undefined): void {
    const done = current
    current = undefined
    done?.resolve(coded)
    next()
  }

  function start(): Worker {
    const started = new Worker(new URL('./coder-worker.ts', import.meta.url))
    started.unref()
    started.on('message', (coded: Uint8Array) => finish(Buffer.from(coded)))
    started.on('error', (cause) => {
      worker = undefined
      onFault(cause)
      finish(undefined)
    })
    return started
  }

  function next(): void {
    if (current || isClosed) return
    clearTimeout(idle)
    current = waiting.shift()
    if (!current) {
      idle = setTimeout(stop, idleMs).unref()
      return
    }
    worker ??= start()
    const { bytes, coding } = current
    worker.postMessage({ bytes, coding } satisfies CoderTask, [])
  }

  return {
    /** Soon, and not as small as it could be; in node's own pool of threads. */
    quickly(bytes: Buffer, coding: Coding): Promise<Buffer | undefined> {
      const coded = quickOnes.then(() =>
        isClosed ? undefined : encoders[coding](bytes, effort('quick', coding, bytes.length)),
      )
      quickOnes = coded.catch(onFault)
      return coded.catch(() => undefined)
    },

    /** As small as can be, whenever the machine has nothing better to do: in a thread of low priority. */
    thoroughly(bytes: Buffer, coding: Coding): Promise<Buffer | undefined> {
      return new Promise((resolve) => {
        if (isClosed) return resolve(undefined)
        waiting.push({ bytes, coding, resolve })
        next()
      })
    },

    /** Gives up what is left. */
    close(): void {
      isClosed = true
      clearTimeout(idle)
      stop()
      for (const one of [current, ...waiting]) one?.resolve(undefined)
      current = undefined
      waiting.length = 0
    },
  }
}

export type Coder = ReturnType<typeof createCoder>
