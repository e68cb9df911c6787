import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { STATUS_CODES } from 'node:http'
import type { z } from 'zod'
import { asGatewayError, type ErrorResponseOptions } from '../edge/error-response.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminEnv } from './admin-env.ts'

/** One field that is wrong, and how. */
export interface FieldFault {
  /** Path in the body, `branding.colors.primary`, or the name of a parameter. */
  readonly field: string
  readonly message: string
}

/** A body or parameter that does not fit its schema. */
export class InvalidInput extends GatewayError {
  readonly faults: readonly FieldFault[]

  constructor(faults: readonly FieldFault[]) {
    const fields = faults.map((fault) => fault.field).join(', ')
    super(
      422,
      'invalid_input',
      `The request was understood but not accepted; see errors (${fields}).`,
    )
    this.faults = faults
  }
}

export const faultsOf = (error: z.ZodError): FieldFault[] =>
  error.issues.map(({ path, message }) => ({ field: path.join('.') || '(body)', message }))

/** Answers errors as RFC 9457 problem details. */
export const problemResponse = (report: ErrorResponseOptions['report']) =>
  function onError(thrown: unknown, c: Context<AdminEnv>): Response {
    const error = asGatewayError(thrown)
    const requestId = c.get('requestId') ?? ''
    c.set('refusal', error.code)
    if (error.status >= 500) report(error, requestId)
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value)
    c.header('X-Gateway-Error', error.code)
    c.header('Cache-Control', 'no-store')
    const problem = {
      type: 'about:blank',
      title: STATUS_CODES[error.status] ?? 'Error',
      status: error.status,
      detail: error.message,
      code: error.code,
      requestId,
      ...(error instanceof InvalidInput ? { errors: error.faults } : {}),
    }
    return c.body(JSON.stringify(problem), error.status as ContentfulStatusCode, {
      'Content-Type': 'application/problem+json',
    })
  }
