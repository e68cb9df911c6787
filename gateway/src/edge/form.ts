import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { GatewayError } from './gateway-error.ts'

/** Forms of ours have a few short fields; a logout token is some kilobytes. */
const maxBytes = 16 * 1024

/**
 * The fields of a posted form. Only what a plain form sends is read: other encodings bring parsers
 * with them, and theirs have faults of their own.
 */
export async function formFields(c: Context<GatewayEnv>): Promise<URLSearchParams> {
  const { headers } = c.env.incoming
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new GatewayError(
      415,
      'not_a_form',
      'Send the fields as application/x-www-form-urlencoded.',
    )
  }
  if (!(Number(headers['content-length']) <= maxBytes)) {
    throw new GatewayError(
      413,
      'body_too_large',
      'The form is larger than 16 KiB, or of unknown size.',
    )
  }
  return new URLSearchParams(await c.req.text())
}
