import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Dispatcher, Pool } from 'undici'
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
 * Sends a request to an app. A connection that the app closed while it was idle is no failure: a
 * reading request goes out once more on another one. Nothing else is ever sent twice (RFC 9110
 * §9.2.2).
 */
export async function askApp(
  pool: Pool,
  request: UpstreamRequest,
): Promise<Dispatcher.ResponseData> {
  const { method, target: path, headers, body, signal } = request
  const send = () => pool.request({ method, path, headers, body: body ?? null, signal })
  try {
    return await send().catch((error: unknown) => {
      if (method === 'POST' || !isStaleConnection(error)) throw error
      return send()
    })
  } catch (error) {
    throw upstreamFailure(error)
  }
}

/**
 * Streams an answer to the client as it comes, at the client's pace. What breaks off upstream breaks
 * off downstream too, so that half an answer never looks like a whole one.
 */
export async function relay(
  answer: Dispatcher.ResponseData,
  headers: Readonly<Record<string, string | string[]>>,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.writeHead(answer.statusCode, headers)
  // Dash streams lines and expects the first one before the second exists. `flushHeaders` would write
  // the section as UTF-8 and so encode an app's non-ASCII bytes twice (measured with Node 24).
  outgoing.write('', 'latin1')
  await pipeline(answer.body, outgoing).catch(() => outgoing.destroy())
}

/** An abort signal that fires when the client goes before its answer is complete. */
export function clientGone(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) controller.abort(new Error('the client hung up'))
  })
  return controller.signal
}
