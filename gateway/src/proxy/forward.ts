import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Pool } from 'undici'
import { hasLeft, isGone } from '../edge/answer.ts'
import { AppAnswer } from './app-answer.ts'
import { upstreamFailure, isStaleConnection } from './failures.ts'

/** A request as it goes to an app: everything is decided already. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readable | undefined
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
}

/**
 * Sends a request to an app and resolves when its answer has begun. A connection that the app closed
 * while it was idle is no failure: a reading request goes out once more on another one. Nothing else is
 * ever sent twice (RFC 9110 §9.2.2).
 */
export async function askApp(pool: Pool, request: UpstreamRequest): Promise<AppAnswer> {
  try {
    return await send(pool, request)
  } catch (error) {
    if (request.method === 'POST' || !isStaleConnection(error)) throw upstreamFailure(error)
  }
  return send(pool, request).catch((error: unknown) => {
    throw upstreamFailure(error)
  })
}

function send(pool: Pool, { method, target, headers, body, signal }: UpstreamRequest) {
  signal.throwIfAborted()
  const answer = new AppAnswer()
  const abort = () => answer.abort(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  pool.dispatch({ method, path: target, headers, body: body ?? null }, answer)
  return answer.head
}

/** Streams an answer to the client as it comes; resolves when it has left, or the client has gone. */
export function relay(
  answer: AppAnswer,
  headers: Readonly<Record<string, string | string[]>>,
  outgoing: ServerResponse,
): Promise<void> {
  return new Promise((resolve) => {
    if (isGone(outgoing)) {
      answer.abort(new Error('the client hung up'))
      resolve()
      return
    }
    outgoing.once('close', resolve)
    outgoing.writeHead(answer.statusCode, headers)
    // Dash streams lines and expects the first one before the second exists. `flushHeaders` would write
    // the section as UTF-8 and so encode an app's non-ASCII bytes twice (measured with Node 24).
    if (answer.isSilent) outgoing.write('', 'latin1')
    answer.sendTo(outgoing)
  })
}

/** Ends what is under way for an answer when its client has gone before it was complete. */
export function endingOf(outgoing: ServerResponse): AbortController {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!hasLeft(outgoing)) controller.abort(new Error('the client hung up'))
  })
  return controller
}
