import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { GatewayEnv } from '../request-context.ts'
import { GatewayError } from './gateway-error.ts'

/** Writes a refusal as a page; only the public listener, which people use, has one. */
export type ErrorPage = (c: Context<GatewayEnv>, error: GatewayError) => string

const unexpected = (cause: unknown) =>
  new GatewayError(
    500,
    'internal_error',
    'Something went wrong here. Try again; if it goes on, report the request id.',
    { cause },
  )

/** What a thrown value means to the client. */
export const asGatewayError = (error: unknown): GatewayError =>
  error instanceof GatewayError ? error : unexpected(error)

export interface ErrorResponseOptions {
  readonly page?: ErrorPage
  /** Told of every error that is ours to mend, cause included. */
  readonly report: (error: GatewayError, requestId: string) => void
}

/**
 * The one place where an error becomes an answer: a page for a person, JSON for a script, never a
 * redirect for a script, never the text of the cause. `X-Gateway-Error` tells the answer from one
 * that the app gave.
 */
export function errorResponse({ page, report }: ErrorResponseOptions) {
  return function onError(thrown: unknown, c: Context<GatewayEnv>): Response {
    const error = asGatewayError(thrown)
    const requestId = c.get('requestId') ?? ''
    c.set('refusal', error.code)
    if (error.status >= 500) report(error, requestId)
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value)
    c.header('X-Gateway-Error', error.code)
    c.header('Cache-Control', 'no-store')
    const status = error.status as ContentfulStatusCode
    if (page && c.get('clientKind') !== 'script' && c.get('clientKind') !== undefined) {
      return c.html(page(c, error), status)
    }
    return c.json(
      {
        error: error.code,
        message: error.message,
        // Dash's renderer looks for these words before it asks its sign-in hook.
        ...(error.code === 'session_expired' ? { detail: 'JWT Expired' } : {}),
        requestId,
      },
      status,
    )
  }
}

/** The answer where no route matches; the same for what does not exist and what may not be seen. */
export const notFound = () =>
  new GatewayError(404, 'not_found', 'There is nothing here, or nothing that you may see.')
