import { chunkPassedOn } from './chunk-memory.ts'

export interface ExactOptions {
  /** How long the source may take for a chunk that was asked for. */
  readonly stallMs: number
  /** Ends the source. */
  readonly giveUp: () => void
}

/**
 * Passes on exactly `length` bytes, one chunk at a time and only when asked, so that a slow reader
 * holds no more than that in memory. A source that gives less, more or nothing at all is an error:
 * a part is never taken for the whole.
 */
export async function* exactly(
  source: AsyncIterable<Uint8Array>,
  length: number,
  { stallMs, giveUp }: ExactOptions,
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  let passed = 0
  try {
    for (;;) {
      const { done, value } = await unlessStalled(chunks.next(), stallMs)
      if (done) break
      passed += value.length
      if (passed > length) throw new Error(`The source gave more than ${length} bytes`)
      yield value
      chunkPassedOn(value.length)
    }
    if (passed < length) throw new Error(`The source ended after ${passed} of ${length} bytes`)
  } finally {
    giveUp()
    // Not waited for: a source that has stalled would hold this up until it stirs.
    chunks.return?.().catch(() => {})
  }
}

function unlessStalled<T>(chunk: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The source gave nothing for ${ms} ms`)), ms)
    chunk.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/**
 * Resolves with the same bytes once the first of them are there: until then, whoever waits for them
 * can still be told what is wrong.
 */
export async function begun(
  bytes: AsyncGenerator<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array>> {
  const first = await bytes.next()
  return rejoined(first, bytes)
}

async function* rejoined(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (!first.done) yield first.value
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
