import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAuthority, type Authority, type Identity } from '../test-support/certificates.ts'
import { operators } from '../test-support/operators.ts'
import {
  makeTestDatabase,
  seedTwoTenants,
  type TestDatabase,
} from '../test-support/test-database.ts'
import { createAdminApp } from './admin-app.ts'
import { createAuditStore } from './audit/audit-store.ts'
import { connectDatabase, type Database } from './db/client.ts'
import { requestId } from './edge/request-id.ts'
import { loadKeyRings, type KeyRings } from './keys/key-rings.ts'
import { startServers, type Servers } from './servers.ts'

let test: TestDatabase
let database: Database
let keyRings: KeyRings
let servers: Servers
let authority: Authority
let operator: Agent
const agents: Agent[] = []

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  database = connectDatabase({ url: test.gatewayUrl })
  keyRings = await loadKeyRings(database, randomBytes(32))
  authority = await createAuthority('Test CA')
  const audit = createAuditStore(database)
  const app = createAdminApp({
    database,
    audit,
    keyRings,
    requireOperator: operators(audit, { allowedSubjects: ['pipeline', 'operator.example'] }),
    edge: [requestId()],
    report: () => {},
  })
  const tls = { ca: authority.ca, ...(await authority.issue('localhost')) }
  servers = await startServers([
    { name: 'admin', address: { host: '127.0.0.1', port: 0 }, app, tls },
  ])
  operator = agentOf(await authority.issue('pipeline'))
})

beforeEach(async () => {
  await test.owner`truncate tenants, dashboards, assignments, preferences, sessions, audit_logs`
  await test.owner`update audit_chain_head set last_id = 0, last_hash = repeat('0', 64)`
  await seedTwoTenants(test.owner)
})

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.destroy()))
  await servers?.stop(100)
  await database?.close()
  await test?.drop()
})

function agentOf(identity?: Identity): Agent {
  const agent = new Agent({ connect: { ca: authority.ca, servername: 'localhost', ...identity } })
  agents.push(agent)
  return agent
}

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly json: Record<string, unknown>
}

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  { agent = operator, type = 'application/json' } = {},
): Promise<Answer> {
  const url = `https://127.0.0.1:${servers.port('admin')}${path}`
  const response = await request(url, {
    method,
    dispatcher: agent,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': type },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  })
  const text = await response.body.text()
  return {
    status: response.statusCode,
    type: response.headers['content-type']?.toString(),
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  }
}

describe('who may use the admin API', () => {
  it('are clients whose certificate bears an allowed common name or DNS name', async () => {
    const byDnsName = agentOf(await authority.issue('somebody', 'operator.example'))
    expect((await send('GET', '/admin/tenants')).status).toBe(200)
    expect((await send('GET', '/admin/tenants', undefined, { agent: byDnsName })).status).toBe(200)
  })

  it('are not others of the same CA', async () => {
    for (const name of ['somebody', 'pipeline2', 'Pipeline', 'pipeline.example', 'xpipeline']) {
      const agent = agentOf(await authority.issue(name))
      const answer = await send('GET', '/admin/tenants', undefined, { agent })
      expect([name, answer.status, answer.json['code']]).toEqual([
        name,
        403,
        'operator_not_allowed',
      ])
      expect(answer.type).toBe('application/problem+json')
    }
  })

  it.each<[string, () => Promise<Identity | undefined>]>([
    ['without a certificate', async () => undefined],
    ['with one of another CA', async () => (await createAuthority('Test CA')).issue('pipeline')],
    [
      'with one that has expired',
      () => authority.issue('pipeline', 'localhost', { expired: true }),
    ],
  ])('are not clients %s: they get no answer at all', async (_, identity) => {
    const agent = agentOf(await identity())
    await expect(send('GET', '/admin/tenants', undefined, { agent })).rejects.toThrow()
  })
})
