import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Pool } from 'undici'
import { breakOff, hasLeft, isGone } from '../edge/answer.ts'
import type { Coding } from '../http/content-coding.ts'
import { createEncoder, encode } from '../http/encoder.ts'
import { isLive } from './answer-coding.ts'
import { AppAnswer } from './app-answer.ts'
import { clientHungUp, isStaleConnection, upstreamFailure } from './failures.ts'

/** A request as it goes to an app: everything is decided already. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | Readable | undefined
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
  return askOnce(pool, request)
}

/** Sends a request to an app and resolves when its answer has begun. */
export async function askOnce(pool: Pool, request: UpstreamRequest): Promise<AppAnswer> {
  try {
    return await send(pool, request)
  } catch (error) {
    throw upstreamFailure(error)
  }
}

function send(pool: Pool, { method, target, headers, body, signal }: UpstreamRequest) {
  signal.throwIfAborted()
  const answer = new AppAnswer()
  const abort = () => answer.abort(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  pool.dispatch({ method, path: target, headers, body: body ?? null }, answer)
  return answer.head
}

type Fields = Readonly<Record<string, string | string[]>>

/** Streams an answer to the client as it comes; resolves when it has left, or the client has gone. */
export function relay(answer: AppAnswer, headers: Fields, outgoing: ServerResponse): Promise<void> {
  return sent(answer, outgoing, () => {
    begin(answer, headers, outgoing)
    answer.sendTo(outgoing)
  })
}

/** What is coded in one go, with its length said; more would hold up everybody else (0.1 ms, measured). */
const codedAtOnce = 64 * 1024

/** The same in a coding. A short answer is there in a moment and is sent whole. */
export async function relayCoded(
  answer: AppAnswer,
  headers: Fields,
  outgoing: ServerResponse,
  coding: Coding,
): Promise<void> {
  const { 'content-length': length, ...others } = headers
  const fields = { ...others, 'content-encoding': coding }
  if (length !== undefined && Number(length) <= codedAtOnce) {
    const coded = encode(coding, await answer.bytes(codedAtOnce))
    return sent(answer, outgoing, () => {
      outgoing.writeHead(answer.statusCode, { ...fields, 'content-length': coded.length })
      outgoing.end(coded)
    })
  }
  return sent(answer, outgoing, () => {
    begin(answer, fields, outgoing)
    const encoder = createEncoder(coding, isLive(answer))
    // Broken off before its end, by the app or by what cannot be coded: never half an answer that looks whole.
    encoder.on('close', () => !encoder.readableEnded && breakOff(outgoing))
    encoder.on('error', () => breakOff(outgoing))
    encoder.pipe(outgoing)
    answer.sendTo(encoder)
  })
}

function begin(answer: AppAnswer, headers: Fields, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode, headers)
  // Dash streams lines and expects the first one before the second exists. `flushHeaders` would write
  // the section as UTF-8 and so encode an app's non-ASCII bytes twice (measured with Node 24).
  if (answer.isSilent) outgoing.write('', 'latin1')
}

/** Resolves when what is begun has ended, in whatever way. */
function sent(answer: AppAnswer, outgoing: ServerResponse, start: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (isGone(outgoing)) {
      answer.abort(new Error('the client hung up'))
      resolve()
      return
    }
    outgoing.once('close', resolve)
    start()
  })
}

/** Ends what is under way for an answer when its client has gone before it was complete. */
export function endingOf(outgoing: ServerResponse): AbortController {
  const controller = new AbortController()
  outgoing.once('close', () => {
    if (!hasLeft(outgoing)) controller.abort(clientHungUp())
  })
  return controller
}
