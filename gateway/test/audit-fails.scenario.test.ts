import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operate, owner, signedIn, staffFor, visitor } from './support/stack.ts'
import { asFrame, type Visitor } from './support/visitor.ts'

const sql = owner()
let viewer: Visitor
let staff: Visitor

beforeEach(async () => {
  viewer = await signedIn('viewer@initech.test')
  staff = await staffFor('globex')
  // As when the disk that holds it is full: no line is added any more, and all else works.
  await sql`alter table audit_logs add constraint full_disk check (false) not valid`
})

afterEach(async () => {
  await sql`alter table audit_logs drop constraint full_disk`
})

afterAll(() => sql.end())

const sessionCookie = '__Host-Http-session'

describe('X7: what cannot be written into the audit log does not happen', () => {
  it('nobody gets a session', async () => {
    const one = visitor()
    const answer = await one.signIn('viewer@acme.test')
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(one.cookies.get(sessionCookie)).toBeFalsy()
  })

  it('no dashboard opens, neither its page nor its data', async () => {
    const path = '/dashboard/loss-development'
    expect((await viewer.ask(`${path}/`, { headers: asFrame })).status).toBeGreaterThanOrEqual(500)
    const layout = await viewer.script(`${path}/_dash-layout`)
    expect(layout.status).toBeGreaterThanOrEqual(500)
    expect(layout.text).not.toContain('Initech')
  })

  it('no staff get to another tenant', async () => {
    const before = staff.cookies.get(sessionCookie)
    const answer = await staff.submit('/tenant', { tenant: 'acme-corp', return_to: '/' })
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(staff.cookies.get(sessionCookie)).toBe(before)
  })

  it('who may not see a tenant or a dashboard still may not', async () => {
    const switched = await viewer.submit('/tenant', { tenant: 'globex', return_to: '/' })
    expect(switched.status).toBeGreaterThanOrEqual(400)
    const foreign = await viewer.script('/dashboard/claims-monitor/_dash-layout')
    expect(foreign.status).toBeGreaterThanOrEqual(400)
  })

  it('operators change nothing', async () => {
    const tables = () => sql`
      select (select json_agg(t order by id) from tenants t)::text as tenants,
        (select json_agg(d order by slug) from dashboards d)::text as dashboards,
        (select json_agg(a order by tenant_id, dashboard_slug) from assignments a)::text as assignments,
        (select count(*) from key_rings)::int as keys,
        (select count(*) from sessions where revoked_at is null)::int as sessions`
    const [before] = await tables()
    const answers = [
      await operate('POST', '/admin/tenants/initech/metadata', { displayName: 'Unwritten' }),
      await operate('POST', '/admin/tenants/initech/metadata', { status: 'suspended' }),
      await operate('PUT', '/admin/dashboards/unwritten', { title: 'U', appUrl: 'http://127.0.0.1:9' }), // prettier-ignore
      await operate('POST', '/admin/tenants/initech/dashboards', { slug: 'claims-monitor' }),
      await operate('DELETE', '/admin/tenants/initech/dashboards/loss-development'),
      await operate('POST', '/admin/rotate-secret', {}),
      await operate('POST', '/admin/sessions/revoke', { tenantId: 'initech' }),
    ]
    expect(answers.filter(({ status }) => status < 500)).toEqual([])
    expect((await tables())[0]).toEqual(before)
  })

  it('a sign-out is the one exception: it ends the session, since the other way round it would go on', async () => {
    const copy = viewer.cookies.header
    await viewer.submit('/logout', {})
    const again = await visitor().script('/session', { headers: { cookie: copy } })
    expect(again.status).toBe(401)
  })
})
