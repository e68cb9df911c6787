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
      const chunk = await nextInTime(chunks, stallMs, giveUp)
      if (chunk === undefined) break
      passed += chunk.length
      if (passed > length) throw new Error(`The source gave more than ${length} bytes`)
      yield chunk
    }
    if (passed < length) throw new Error(`The source ended after ${passed} of ${length} bytes`)
  } finally {
    giveUp()
    await chunks.return?.()
  }
}

async function nextInTime(
  chunks: AsyncIterator<Uint8Array>,
  ms: number,
  giveUp: () => void,
): Promise<Uint8Array | undefined> {
  const timer = setTimeout(giveUp, ms)
  try {
    const { done, value } = await chunks.next()
    return done ? undefined : value
  } finally {
    clearTimeout(timer)
  }
}
