import type { FrameMessage } from '../messages.ts'
import { isCallback } from './failed-callbacks.ts'
import { isOurs, type OwnRequests } from './own-request.ts'
import { RETRY_AFTER, type Tries } from './patience.ts'
import { createPreloads } from './preloads.ts'
import { meaningOf } from './refusal.ts'

type Input = Parameters<typeof fetch>[0]

export function watchFetch({ madeFor, parking, patience, tell, answered }: OwnRequests): void {
  const realFetch = window.fetch
  const preloads = createPreloads()

  window.fetch = async function fetch(input, init) {
    if (!isOurs(input instanceof Request ? input.url : input)) return realFetch(input, init)
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const tries = patience.tries()
    try {
      for (;;) {
        const gate = parking?.gate()
        if (gate !== undefined) await unlessAborted(gate, signal)
        const response = await send(input, init)
        const meaning = meaningOf(response.status, (name) => response.headers.get(name))
        const again = meaning && isRepeatable(init) && whenAgain(meaning, response, tries)
        if (!again) {
          tries.over()
          const url = input instanceof Request ? input.url : String(input)
          // Of a callback more can be told than that it failed.
          if (meaning !== undefined && !isFailedCallback(url, meaning)) tell(meaning)
          return (await answered?.(url, init, response)) ?? response
        }
        await unlessAborted(again, signal)
      }
    } finally {
      tries.over()
    }
  }

  function whenAgain(
    meaning: FrameMessage,
    response: Response,
    tries: Tries,
  ): Promise<void> | undefined {
    if (meaning.type === 'dashgate:session-ended') return parking?.sessionEnded()
    return tries.may(meaning) ? tries.next(meaning, response.headers.get(RETRY_AFTER)) : undefined
  }

  function send(input: Input, init: RequestInit | undefined): Promise<Response> {
    const preloaded = preloads.take(input, init)
    if (preloaded !== undefined) return realFetch(preloaded, init)
    const given = init?.headers ?? (input instanceof Request ? input.headers : undefined)
    const headers = new Headers(given)
    for (const [name, value] of Object.entries(madeFor)) headers.set(name, value)
    // A request's body can be read once; what is sent is a copy.
    return realFetch(input instanceof Request ? input.clone() : input, { ...init, headers })
  }
}

const isFailedCallback = (url: string, { type }: FrameMessage): boolean =>
  type === 'dashgate:failed' && isCallback(url)

/** A stream is gone once it was sent. */
function isRepeatable(init: RequestInit | undefined): boolean {
  return !(init?.body instanceof ReadableStream)
}

async function unlessAborted(waiting: Promise<void>, signal: AbortSignal | null | undefined) {
  if (signal === null || signal === undefined) return waiting
  signal.throwIfAborted()
  const aborted = new Promise<never>((_, reject) => {
    // What the page gave as its reason is what its fetch rejects with, whatever that is.
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  await Promise.race([waiting, aborted])
}
