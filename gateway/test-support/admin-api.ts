import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { createAdminApp } from '../src/admin-app.ts'
import { createAuditStore } from '../src/audit/audit-store.ts'
import { connectDatabase, type Database } from '../src/db/client.ts'
import { requestId } from '../src/edge/request-id.ts'
import { loadKeyRings, type KeyRings } from '../src/keys/key-rings.ts'
import { startServers, type Servers } from '../src/servers.ts'
import { createAuthority } from './certificates.ts'
import { describedBy, type ApiDocument } from './described.ts'
import { describedAccess, operators } from './operators.ts'
import { makeTestDatabase, seedTwoTenants, type TestDatabase } from './test-database.ts'

export interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: Record<string, unknown>
}

interface Sent {
  readonly type?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The admin API over a real listener, on a database with two tenants that is as new for each test.
 * Every answer is held against what `/admin/openapi.json` says of it.
 */
export function useAdminApi() {
  let test: TestDatabase
  let database: Database
  let keyRings: KeyRings
  let servers: Servers
  let operator: Agent
  let app: ReturnType<typeof createAdminApp>
  let described: ReturnType<typeof describedBy>
  const reported: string[] = []

  beforeAll(async () => {
    test = await makeTestDatabase(inject('postgresUrl'))
    database = connectDatabase({ url: test.gatewayUrl })
    keyRings = await loadKeyRings(database, randomBytes(32))
    const authority = await createAuthority('Test CA')
    const audit = createAuditStore(database)
    app = createAdminApp({
      database,
      audit,
      keyRings,
      requireOperator: operators(audit),
      access: describedAccess,
      edge: [requestId()],
      report: ({ code }, id) => reported.push(`${code} ${id}`),
    })
    const { ca } = authority
    const tls = { ca, ...(await authority.issue('localhost')) }
    const address = { host: '127.0.0.1', port: 0 }
    servers = await startServers([{ name: 'admin', address, app, tls }])
    const client = await authority.issue('pipeline')
    operator = new Agent({ connect: { ca, servername: 'localhost', ...client } })
    described = describedBy(
      (await ask('GET', '/admin/openapi.json')).json as unknown as ApiDocument,
    )
  })

  beforeEach(async () => {
    await test.owner`truncate tenants, dashboards, assignments, preferences, dashboard_marks, sessions, audit_logs`
    await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
    await seedTwoTenants(test.owner)
  })

  afterAll(async () => {
    await operator?.destroy()
    await servers?.stop(100)
    await database?.close()
    await test?.drop()
  })

  const urlOf = (path: string) => `https://127.0.0.1:${servers.port('admin')}${path}`

  async function ask(
    method: string,
    path: string,
    body?: unknown,
    { type = 'application/json', accept = '*/*', headers = {} }: Sent = {},
  ): Promise<Answer> {
    const response = await request(urlOf(path), {
      method,
      dispatcher: operator,
      headers: { ...headers, accept, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.body.text()
    const { 'content-type': contentType } = response.headers
    const isJson = /[/+]json\b/.test(String(contentType))
    return {
      status: response.statusCode,
      type: contentType?.toString(),
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
    }
  }

  function assertDescribed(method: string, path: string, answer: Answer): void {
    const template = described.pathOf(new URL(path, 'https://api.invalid').pathname)
    if (template === undefined || answer.status === 204) return
    const call = `${method} ${template}`
    const type = answer.type?.split(';')[0]
    const body = described.bodies.find(
      (one) => one.call === call && one.part === String(answer.status) && one.type === type,
    )
    const isJson = type?.endsWith('json') && type !== 'application/x-ndjson'
    const faults = body ? described.faults(body, isJson ? answer.json : answer.text) : ['unknown']
    if (faults.length === 0) return
    throw new Error(
      `${call} answered ${answer.status} ${type}, not as described: ${faults.join(', ')}\n${answer.text}`,
    )
  }

  return {
    get owner() {
      return test.owner
    },
    /** The calls that the app answers, as the description writes them. */
    calls: () =>
      app.routes
        .filter(({ method }) => method !== 'ALL')
        .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    described: () => described.bodies,
    /** Errors that were handed to the log: code and request id. */
    reported,
    get keyRings() {
      return keyRings
    },
    urlOf,
    get operator() {
      return operator
    },

    /** Calls as an operator who is on the list. */
    async send(
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      path: string,
      body?: unknown,
      sent: Sent = {},
    ): Promise<Answer> {
      const answer = await ask(method, path, body, sent)
      assertDescribed(method, path, answer)
      return answer
    },

    auditLines: () => test.owner`select * from audit_logs order by id`,
  }
}
