import type { HonoRequest } from 'hono'
import { GatewayError } from '../edge/gateway-error.ts'

/**
 * Reads a small JSON body. It counts what comes in, because a chunked body tells no length, and
 * stops at the limit.
 */
export async function readJson(
  request: HonoRequest,
  limit: number,
  tooLarge: () => GatewayError,
): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.header('Content-Type') ?? '')) {
    throw new GatewayError(415, 'not_json', 'Send the body as application/json.')
  }
  if (Number(request.header('Content-Length') ?? 0) > limit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.length
    if (size > limit) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (cause) {
    throw new GatewayError(400, 'malformed_json', 'The body is not well-formed JSON.', { cause })
  }
}
