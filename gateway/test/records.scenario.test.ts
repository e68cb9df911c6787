import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sendRaw } from './support/raw.ts'
import {
  eventually,
  operate,
  owner,
  publicPort,
  signedIn,
  staffFor,
  stack,
  visitor,
} from './support/stack.ts'
import { asFrame } from './support/visitor.ts'

async function auditSince(id: number) {
  const sql = owner()
  const rows =
    await sql`select action, actor, actor_email, tenant_id, dashboard_slug, request_id, detail from audit_logs where id > ${id} order by id`
  await sql.end()
  return rows
}

async function lastAudit(): Promise<number> {
  const sql = owner()
  const [row] = await sql`select coalesce(max(id), 0) as id from audit_logs`
  await sql.end()
  return Number(row?.['id'])
}

describe('the audit log', () => {
  it('holds sign-in, switch of tenant, opening and sign-out, in this order', async () => {
    const start = await lastAudit()
    const staff = await staffFor('globex')
    const page = await staff.ask('/dashboard/loss-development/', { headers: asFrame })
    await staff.script('/dashboard/loss-development/_dash-layout')
    await staff.submit('/logout', {})
    const rows = (await auditSince(start)).filter(
      (row) => row['actor_email'] === 'actuary@kyros.test',
    )
    expect(rows.map((row) => [row['action'], row['tenant_id'], row['dashboard_slug']])).toEqual([
      ['session.signed_in', null, null],
      ['tenant.switched', 'globex', null],
      ['dashboard.opened', 'globex', 'loss-development'],
      ['session.signed_out', 'globex', null],
    ])
    expect(rows[2]?.['request_id']).toBe(page.headers.get('x-request-id'))
  })

  it('notes once that a tenant was refused to somebody, whatever its name', async () => {
    const start = await lastAudit()
    const one = await signedIn('viewer@initech.test')
    for (const tenant of ['globex', 'globex', 'no such tenant \u0000']) {
      expect((await one.submit('/tenant', { tenant, return_to: '/' })).status).toBe(403)
    }
    const rows = (await auditSince(start)).filter(
      (row) => row['action'] === 'tenant.switch_refused',
    )
    expect(rows.map((row) => [row['actor_email'], row['detail']])).toEqual([
      ['viewer@initech.test', { wanted: 'globex', role: 'viewer' }],
      ['viewer@initech.test', { wanted: 'no such tenant \ufffd', role: 'viewer' }],
    ])
  })

  it('notes an opening even of a client that asks for data without a page', async () => {
    const start = await lastAudit()
    const one = await signedIn('viewer@initech.test')
    await one.script('/dashboard/loss-development/_dash-layout')
    await one.script('/dashboard/loss-development/_dash-layout')
    const rows = (await auditSince(start)).filter((row) => row['action'] === 'dashboard.opened')
    expect(rows).toHaveLength(1)
  })

  it('notes the changes of an operator with before and after, and the chain holds', async () => {
    await operate('POST', '/admin/tenants/initech/metadata', { config: { currency: 'EUR' } })
    const { json } = await operate('GET', '/admin/audit-logs?action=tenant.changed&limit=1')
    expect(json['auditLogs']).toMatchObject([
      {
        actorType: 'client',
        tenantId: 'initech',
        detail: { after: { config: { currency: 'EUR' } } },
      },
    ])
    await operate('POST', '/admin/tenants/initech/metadata', { config: {} })
    const sql = owner()
    const [row] = await sql`select audit_chain_broken_at() as broken`
    await sql.end()
    expect(row?.['broken']).toBeNull()
  })
})

describe('metrics and logs', () => {
  it('count a request by tenant, dashboard, method and status', async () => {
    const one = await signedIn('viewer@globex.test')
    await one.script('/dashboard/loss-development/_dash-layout')
    const ask = async () => (await fetch(`${stack.opsUrl}/metrics`)).text()
    const wanted =
      /dashgate_http_requests_total\{listener="public",tenant_id="globex",dashboard="loss-development",kind="layout",method="GET",status_class="2xx"\} \d+/
    expect(wanted.test(await eventually(ask, (text) => wanted.test(text)))).toBe(true)
    expect(await ask()).toMatch(
      /dashgate_http_request_duration_seconds_bucket\{.*tenant_id="globex"/,
    )
  })

  it('V23: make no series of what a client invents', async () => {
    const one = await signedIn('viewer@globex.test')
    await one.script('/dashboard/invented-by-a-client/')
    expect(await (await fetch(`${stack.opsUrl}/metrics`)).text()).not.toContain('invented')
  })

  it('V23: write one JSON line a request, with id, user and tenant, and without the query', async () => {
    const one = await signedIn('viewer@globex.test')
    const answer = await one.script(
      '/dashboard/loss-development/_dash-layout?job=canary-handle~' + 'a'.repeat(64),
    )
    const id = answer.headers.get('x-request-id')
    const read = async () => readFile(join(stack.logs, 'gateway.log'), 'utf8')
    const log = await eventually(read, (text) => text.includes(String(id)))
    const lines = log.split('\n').filter((line) => line.includes(String(id)))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'request',
      tenant_id: 'globex',
      email: 'viewer@globex.test',
      dashboard: 'loss-development',
      status: 200,
      path: '/dashboard/loss-development/_dash-layout',
    })
    expect(log).not.toContain('canary-handle')
  })
})

describe('V23: what a client wants to have in the log', () => {
  const forged = '{"level":"error","message":"forged"}'

  it.each([
    ['an escaped line break', `/assets/a%0d%0a${encodeURIComponent(forged)}`, ''],
    ['an escape sequence of terminals', '/assets/a%1b%5b31m%1b%5b2J', ''],
    ['quotes and a bracket', `/assets/a"},${forged.replaceAll(' ', '')}`, ''],
    ['a control character as it is', '/assets/a\x1b[31m', ''],
    ['such a User-Agent', '/assets/agent', `User-Agent: a\x1b[2J\t${forged}\r\n`],
    ['such a method', '/assets/method', `X-HTTP-Method-Override: ${forged}\r\n`],
  ])('makes no line of its own, and moves no terminal: %s', async (_, path, fields) => {
    const before = (await readFile(join(stack.logs, 'gateway.log'), 'utf8')).length
    const host = new URL(stack.publicUrl).host
    await sendRaw(
      publicPort,
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}Connection: close\r\n\r\n`,
    )
    // Whatever became of it, the next request comes after it in the log.
    const id = (await visitor().script('/assets/after')).headers.get('x-request-id') ?? ''
    const read = async () => readFile(join(stack.logs, 'gateway.log'), 'utf8')
    const log = (await eventually(read, (text) => text.includes(id))).slice(before)
    const lines = log.trimEnd().split('\n')
    const records = lines.map((line) => JSON.parse(line) as { message: string })
    expect(records.filter(({ message }) => message === 'forged')).toEqual([])
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(log).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/)
  })
})

describe('the log of the data API', () => {
  it('says for whom an app asked', async () => {
    const one = await signedIn('viewer@globex.test')
    await one.script('/dashboard/loss-development/_dash-layout')
    const read = async () => readFile(join(stack.logs, 'gateway.log'), 'utf8')
    const ofGlobex = (text: string) =>
      text
        .split('\n')
        .filter(
          (line) =>
            line.includes('"listener":"internal"') &&
            line.includes('viewer@globex.test') &&
            line.includes('"dashboard":"loss-development"'),
        )
    const [line = '{}'] = ofGlobex(await eventually(read, (text) => ofGlobex(text).length > 0))
    expect(JSON.parse(line)).toMatchObject({
      tenant_id: 'globex',
      email: 'viewer@globex.test',
      dashboard: 'loss-development',
    })
  })
})

describe('probes', () => {
  it('say that the process lives and takes traffic', async () => {
    for (const path of ['/livez', '/readyz'])
      expect((await fetch(stack.opsUrl + path)).status).toBe(200)
  })
})
