import type { Context } from 'hono'
import type { z } from 'zod'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminEnv } from './admin-env.ts'
import { faultsOf } from './faults.ts'
import { InvalidInput } from './problem.ts'

/** The largest thing in a body is a logo of 64 KiB. */
const maxBody = 256 * 1024

const tooLarge = () =>
  new GatewayError(413, 'body_too_large', 'A body of the admin API is at most 256 KiB.')

async function bodyText(c: Context<AdminEnv>): Promise<string> {
  if (Number(c.env.incoming.headers['content-length'] ?? 0) > maxBody) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of c.env.incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBody) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidInput(faultsOf(parsed.error))
  return parsed.data
}

/** Reads a JSON body that fits a schema. */
export async function jsonBody<T>(c: Context<AdminEnv>, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/i.test(c.env.incoming.headers['content-type'] ?? '')) {
    throw new GatewayError(415, 'not_json', 'Send the body as application/json.')
  }
  let value: unknown
  try {
    value = JSON.parse(await bodyText(c))
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError(400, 'malformed_json', 'The body is not well-formed JSON.', { cause })
  }
  return checked(schema, value)
}

export const paramsOf = <T>(c: Context<AdminEnv>, schema: z.ZodType<T>): T =>
  checked(schema, c.req.param())

export const headersOf = <T>(c: Context<AdminEnv>, schema: z.ZodType<T>): T =>
  checked(schema, c.req.header())

export function queryOf<T>(c: Context<AdminEnv>, schema: z.ZodType<T>): T {
  const given = Object.entries(c.req.queries())
  // One of two values would be believed, and nobody could say which.
  const faults = given
    .filter(([, values]) => values.length > 1)
    .map(([field]) => ({ field, message: 'is given more than once' }))
  if (faults.length > 0) throw new InvalidInput(faults)
  return checked(schema, Object.fromEntries(given.map(([name, [value]]) => [name, value])))
}
