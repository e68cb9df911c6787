import { GatewayError } from '../edge/gateway-error.ts'
import { storageUnavailable } from './file-storage.ts'

/**
 * Answers in time although nothing comes back.
 *
 * @param ask ends its work when its signal is aborted, however late that work comes to something
 * @throws {GatewayError} `storage_unavailable` unless `ask` has thrown a `GatewayError` of its own
 */
export async function inTime<T>(ms: number, ask: (tooLate: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const reason = new Error(`No answer within ${ms} ms`)
    late.reject(reason)
    abort.abort(reason)
  }, ms)
  try {
    // A race, because not all that the client does on the way to an answer heeds the signal.
    return await Promise.race([ask(abort.signal), late.promise])
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : storageUnavailable(cause)
  } finally {
    clearTimeout(timer)
  }
}
