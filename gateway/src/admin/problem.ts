import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import { asGatewayError, type ErrorResponseOptions } from '../edge/error-response.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import type { AdminEnv } from './admin-env.ts'
import type { FieldFault } from './faults.ts'

/** A refusal that is about certain fields of the request. */
export class FieldError extends GatewayError {
  readonly faults: readonly FieldFault[]

  constructor(status: number, code: string, message: string, faults: readonly FieldFault[]) {
    super(status, code, message)
    this.faults = faults
  }
}

/** A body or parameter that does not fit its schema. */
export class InvalidInput extends FieldError {
  constructor(faults: readonly FieldFault[]) {
    const fields = faults.map((fault) => fault.field).join(', ')
    super(
      422,
      'invalid_input',
      `The request was understood but not accepted; see errors (${fields}).`,
      faults,
    )
  }
}

/** @param field the parameter of the path that names it */
export const noSuch = (what: 'tenant' | 'dashboard', field: string, value: string): FieldError =>
  new FieldError(404, 'not_found', `There is no ${what} ${value}.`, [
    { field, message: `names no ${what}` },
  ])

/** RFC 9457, section 3; `code`, `requestId` and `errors` are ours (section 3.2). */
export const problem = z
  .object({
    type: z.literal('about:blank').meta({ description: '`title` says what `status` says.' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'What happened and what to do, for a person.' }),
    code: z.string().meta({ description: 'Stable, for a script.' }),
    requestId: z.string().meta({ description: 'The same in the log, and in the audit log.' }),
    errors: z
      .array(
        z.object({
          field: z.string().meta({
            description: 'Path in the body, `branding.colors.primary`, or name of a parameter.',
          }),
          message: z.string(),
          tenant: z.string().optional().meta({ description: 'Whose settings do not fit.' }),
          dashboard: z
            .string()
            .optional()
            .meta({ description: 'Which dashboard they do not fit.' }),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })

/** Answers errors as problem details (RFC 9457). */
export const problemResponse = (report: ErrorResponseOptions['report']) =>
  function onError(thrown: unknown, c: Context<AdminEnv>): Response {
    const error = asGatewayError(thrown)
    const requestId = c.get('requestId') ?? ''
    c.set('refusal', error.code)
    if (error.status >= 500) report(error, requestId)
    for (const [name, value] of Object.entries(error.headers)) c.header(name, value)
    c.header('X-Gateway-Error', error.code)
    c.header('Cache-Control', 'no-store')
    const details: z.infer<typeof problem> = {
      type: 'about:blank',
      title: STATUS_CODES[error.status] ?? 'Error',
      status: error.status,
      detail: error.message,
      code: error.code,
      requestId,
      ...(error instanceof FieldError ? { errors: [...error.faults] } : {}),
    }
    return c.body(JSON.stringify(details), error.status as ContentfulStatusCode, {
      'Content-Type': 'application/problem+json',
    })
  }
