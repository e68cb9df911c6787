import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import type { AdminEnv } from './admin-env.ts'
import { headersOf, jsonBody, paramsOf, queryOf } from './input.ts'

/** A body as its schema and one that fits it. */
export type Content = Readonly<{ schema: z.ZodType; example: unknown }>

export interface Answer {
  readonly description: string
  /** By media type; left out where the answer has no body. */
  readonly content?: Readonly<Record<string, Content>>
}

/**
 * One call of the admin API, said once: what checks its input is what describes it in
 * `/admin/openapi.json`.
 */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** As OpenAPI writes it: `/admin/tenants/{id}`. */
  readonly path: string
  /** Its `operationId`. */
  readonly name: string
  readonly tag: 'tenants' | 'dashboards' | 'secrets' | 'sessions' | 'audit' | 'description'
  readonly summary: string
  readonly description?: string
  /** Parameters of the path. */
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  /** Header fields that it reads, by their names in lower case. */
  readonly headers?: z.ZodObject
  /** A JSON body. */
  readonly body?: Content
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
  /** What is not there when it answers 404. */
  readonly missing?: string
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined
type Schema<T> = T extends Content ? T['schema'] : undefined

export interface Input<T extends Operation> {
  readonly params: Parsed<T['params']>
  readonly query: Parsed<T['query']>
  readonly headers: Parsed<T['headers']>
  readonly body: Parsed<Schema<T['body']>>
}

/** Answers a call with what `handler` makes of its input, once that fits what the operation says. */
export function handle<T extends Operation>(
  routes: Hono<AdminEnv>,
  operation: T,
  handler: (c: Context<AdminEnv>, input: Input<T>) => Response | Promise<Response>,
): void {
  const { method, path, params, query, headers, body } = operation
  const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1')
  routes.on(method.toUpperCase(), pattern, async (c) => {
    const input = {
      params: params && paramsOf(c, params),
      query: query && queryOf(c, query),
      headers: headers && headersOf(c, headers),
      body: body && (await jsonBody(c, body.schema)),
    }
    return handler(c, input as Input<T>)
  })
}

export const json = <T extends z.ZodType>(schema: T, example: unknown) => ({
  'application/json': { schema, example },
})
