import { STATUS_CODES } from 'node:http'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { describeAccess, type ApiAccess } from './access-description.ts'
import { readAuditLogs } from './audit-api.ts'
import { listDashboards, putDashboard, readDashboard } from './dashboard-api.ts'
import { readDescription } from './description-api.ts'
import type { Answer, Operation } from './operation.ts'
import { problem } from './problem.ts'
import { rotateSecret } from './secret-api.ts'
import { listSessions, revokeSessions } from './session-api.ts'
import {
  assignDashboards,
  changeTenant,
  listTenants,
  readTenant,
  removeDashboard,
} from './tenant-api.ts'

const operations: readonly Operation[] = [
  listTenants,
  readTenant,
  changeTenant,
  assignDashboards,
  removeDashboard,
  listDashboards,
  readDashboard,
  putDashboard,
  rotateSecret,
  listSessions,
  revokeSessions,
  readAuditLogs,
  readDescription,
]

const tags = [
  { name: 'tenants', description: 'Clients: name, branding, config, dashboards.' },
  { name: 'dashboards', description: 'What they are called, and which app is behind them.' },
  { name: 'secrets', description: 'Keys of the gateway.' },
  { name: 'sessions', description: 'Who is signed in.' },
  { name: 'audit', description: 'Who did what.' },
  { name: 'description', description: 'This document.' },
]

/** Refusals by status: what each means, with its code and what it tells. */
const refusals: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['malformed_json', 'The body is not well-formed JSON.'],
  401: ['token_invalid', 'Send an access token of the client-credentials grant.'],
  403: ['certificate_not_listed', 'This client certificate may not use the admin API.'],
  404: ['not_found', 'There is no tenant hooli.'],
  413: ['body_too_large', 'A body of the admin API is at most 256 KiB.'],
  415: ['not_json', 'Send the body as application/json.'],
  422: ['invalid_input', 'The request was understood but not accepted; see errors (displayName).'],
  429: ['too_many_requests', 'Too many requests. Wait as long as Retry-After says.'],
  500: ['internal_error', 'Something went wrong here. Report the request id if it goes on.'],
  503: ['database_unavailable', 'The database does not answer. Try again.'],
}

const always = [400, 401, 403, 429, 500, 503]

const refusalsOf = ({ params, query, headers, body, missing }: Operation): number[] => [
  ...always,
  ...(missing ? [404] : []),
  ...(params || query || headers || body ? [422] : []),
  ...(body ? [413, 415] : []),
]

function refusal(status: number): ZodOpenApiResponseObject {
  const [code, detail] = refusals[status] ?? ['', '']
  const title = STATUS_CODES[status] ?? 'Error'
  const example = {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    requestId: '4bf92f3577b34da6a3ce929d0e0e4736',
    ...(status === 422 ? { errors: [{ field: 'displayName', message: 'must not be empty' }] } : {}),
  }
  return {
    id: title.replaceAll(' ', ''),
    description: title,
    content: { 'application/problem+json': { schema: problem, example } },
  }
}

const refusalResponses = Object.fromEntries(
  Object.keys(refusals).map((status) => [status, refusal(Number(status))]),
)

const response = ({ description, content }: Answer): ZodOpenApiResponseObject => ({
  description,
  ...(content ? { content } : {}),
})

function describe(operation: Operation): ZodOpenApiOperationObject {
  const { name, tag, summary, description, params, query, headers, body, answers } = operation
  const answered = Object.entries(answers).map(([status, answer]) => [status, response(answer)])
  const refused = refusalsOf(operation).map((status) => [status, refusalResponses[status]])
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    requestParams: {
      ...(params ? { path: params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { header: headers } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { 'application/json': body } } } : {}),
    responses: Object.fromEntries([
      ...answered,
      ...refused,
    ]) as ZodOpenApiOperationObject['responses'],
  }
}

function pathsOf(all: readonly Operation[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const operation of all) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  }
  return paths
}

const introduction = `
Tenants, dashboards, secrets, sessions and the audit log of a Dashgate.

Every change can be repeated without harm: it answers the same, and one that changes nothing is not
written to the audit log. A refusal is a problem (RFC 9457) whose \`errors\` name the fields.
`.trim()

/** The admin API as OpenAPI 3.1, made of the schemas that check what is sent. */
export function describeAdminApi(access: ApiAccess) {
  const { security, securitySchemes } = describeAccess(access)
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Dashgate admin API', version: '1', description: introduction },
    servers: [{ url: '/', description: 'Where this document is from.' }],
    tags,
    security,
    components: { securitySchemes },
    paths: pathsOf(operations),
  })
}
