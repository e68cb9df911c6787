import { Readable } from 'node:stream'
import { GatewayError } from '../edge/gateway-error.ts'
import { clientHungUp } from './failures.ts'

/** More than the body of nearly every callback; node holds as much of each body that nobody reads. */
export const aheadBytes = 64 * 1024

/** What keeps a body from coming is the client's doing, unless it was we who gave it up. */
const asClients = (error: unknown) =>
  error instanceof GatewayError ? error : clientHungUp({ cause: error })

/**
 * Waits for a body before an app is asked: an app that works with threads has one fewer for as long
 * as it reads, so that eight clients that send a byte now and then would keep everybody from it. Of a
 * large body only the beginning is waited for; the rest is streamed.
 *
 * @param seen is shown the whole body, or the first that came of a larger one
 * @returns the whole body, or a stream of what is more than {@link aheadBytes}
 */
export async function bodyAhead(
  body: Readable,
  signal: AbortSignal,
  seen?: (beginning: Buffer) => void,
): Promise<Buffer | Readable> {
  const giveUp = () => body.destroy(signal.reason as Error)
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const read: Buffer[] = []
  try {
    for (let size = 0; size < aheadBytes; size += read.at(-1)?.length ?? 0) {
      const next = await chunks.next()
      if (next.done === true) return whole(read, seen)
      read.push(next.value)
    }
  } catch (error) {
    throw asClients(error)
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  if (read[0]) seen?.(read[0])
  const rest = Readable.from(joined(read, chunks), { objectMode: false })
  // A generator that nobody has asked for anything does not hear of its end.
  return rest.once('close', () => body.readableEnded || body.destroy())
}

function whole(read: readonly Buffer[], seen: ((body: Buffer) => void) | undefined): Buffer {
  // Nearly always it is one.
  const body = read.length === 1 && read[0] ? read[0] : Buffer.concat(read)
  seen?.(body)
  return body
}

async function* joined(read: readonly Buffer[], rest: AsyncIterator<Buffer>) {
  yield* read
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next())
      yield next.value
  } catch (error) {
    throw asClients(error)
  }
}
