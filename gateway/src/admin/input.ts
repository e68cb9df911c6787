import type { Context } from 'hono'
import type { z } from 'zod'
import { notFound } from '../edge/error-response.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { isSlug } from '../tenant/slug.ts'
import type { AdminEnv } from './admin-env.ts'
import { faultsOf, InvalidInput } from './problem.ts'

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
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidInput(faultsOf(parsed.error))
  return parsed.data
}

export function queryOf<T>(c: Context<AdminEnv>, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(c.req.query())
  if (!parsed.success) throw new InvalidInput(faultsOf(parsed.error))
  return parsed.data
}

/** A slug from the path; one that is none is something that does not exist. */
export function slugParam(c: Context<AdminEnv>, name: string): string {
  const value = c.req.param(name) ?? ''
  if (!isSlug(value)) throw notFound()
  return value
}
