import { beforeAll, describe, expect, it } from 'vitest'
import { owner, signedIn, stack, staffFor } from './support/stack.ts'
import { asFrame, asNavigation, asScript, type Visitor } from './support/visitor.ts'

let acme: Visitor
let globex: Visitor
let initech: Visitor

beforeAll(async () => {
  acme = await signedIn('viewer@acme.test')
  globex = await signedIn('viewer@globex.test')
  initech = await signedIn('viewer@initech.test')
})

const layout = (who: Visitor, headers: Record<string, string> = {}, query = '') =>
  who.script(`/dashboard/loss-development/_dash-layout${query}`, { headers })

/** Everything that a client could claim to be somebody else. */
const claims = {
  'X-Tenant-Id': 'globex',
  'x-tenant-id': 'globex',
  X_Tenant_Id: 'globex',
  'X-Tenant-Token': 'eyJhbGciOiJub25lIn0.e30.',
  'X-User-Role': 'admin',
  'X-Forwarded-User': 'actuary@kyros.test',
  'X-Dashboard-Slug': 'claims-monitor',
  Forwarded: 'host=globex',
}

describe('two tenants', () => {
  it('see figures that differ', async () => {
    const [a, b] = [await layout(acme), await layout(globex)]
    expect([a.status, b.status]).toEqual([200, 200])
    expect(a.text).toContain('Acme Corp')
    expect(b.text).toContain('Globex')
    expect(a.text).not.toContain('Globex')
    expect(b.text).not.toContain('Acme Corp')
  })

  it('T1, V51: see their own, whatever they claim in headers and parameters', async () => {
    const plain = await layout(acme)
    const forged = await layout(acme, claims, '?tenant=globex&tenant_id=globex&X-Tenant-Id=globex')
    expect(forged.status).toBe(200)
    expect(forged.text).toContain('Acme Corp')
    expect(forged.text).not.toContain('Globex')
    expect(forged.text.length).toBe(plain.text.length)
  })

  it('cannot widen what they see by naming the other as the tenant of their page', async () => {
    expect((await layout(acme, { 'x-dashgate-tenant': 'globex' })).status).toBe(409)
    expect((await layout(acme, {}, '?dashgate_tenant=globex')).status).toBe(409)
  })
})

describe('T1: what may not be seen', () => {
  it.each([asNavigation, asFrame, asScript])(
    'looks like what does not exist (%#)',
    async (headers) => {
      const bodies = await Promise.all(
        [
          'claims-monitor',
          'reserve-variability',
          'no-such-thing',
          'NONSENSE',
          '%20',
          'a'.repeat(64),
          '-x-',
        ].map(async (slug) => {
          const answer = await initech.ask(`/dashboard/${slug}/`, { headers })
          expect(answer.status, slug).toBe(404)
          return answer.text
            .replaceAll(/[0-9a-f]{32}/g, 'ID')
            .replaceAll(/nonce[-"=][\w="-]+/g, 'NONCE')
            .replaceAll(slug, 'SLUG')
            .replaceAll(encodeURIComponent(slug), 'SLUG')
        }),
      )
      expect(new Set(bodies).size).toBe(1)
    },
  )

  it('is noted with its reason', async () => {
    const fresh = await signedIn('viewer@initech.test')
    await fresh.script('/dashboard/claims-monitor/_dash-layout')
    // Once for a session: whoever asks a thousand times fills no log.
    await fresh.script('/dashboard/claims-monitor/_dash-layout')
    const sql = owner()
    const [row] =
      await sql`select * from audit_logs where action = 'dashboard.denied' order by id desc limit 1`
    await sql.end()
    expect(row).toMatchObject({
      tenant_id: 'initech',
      actor_email: 'viewer@initech.test',
      detail: { reason: 'not_assigned', slug: 'claims-monitor' },
    })
  })
})

describe('V52: the data API', () => {
  it.each([
    undefined,
    'Bearer x',
    'Bearer eyJhbGciOiJub25lIn0.eyJ0ZW5hbnRfaWQiOiJhY21lLWNvcnAifQ.',
    'Basic YTpi',
  ])('gives nothing for the bearer %s', async (authorization) => {
    for (const path of [
      '/context',
      '/datasets',
      '/datasets/triangles',
      '/preferences',
      '/preferences/x',
    ]) {
      const response = await fetch(stack.internalUrl + path, {
        headers: authorization === undefined ? {} : { authorization },
      })
      expect(response.status, path).toBe(401)
    }
  })

  it('gives its key set to everybody, private parts not included', async () => {
    const { keys } = (await (await fetch(`${stack.internalUrl}/.well-known/jwks.json`)).json()) as {
      keys: Record<string, unknown>[]
    }
    expect(keys.length).toBeGreaterThan(0)
    for (const key of keys) {
      expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519' })
      expect(key).not.toHaveProperty('d')
    }
  })
})

describe('T1, V51: saved filters', () => {
  const save = (who: Visitor, value: unknown) =>
    who.script('/api/preferences/loss-development/mine', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', origin: stack.publicUrl },
      body: JSON.stringify({ value, isDefault: false }),
    })
  const read = (who: Visitor) => who.script('/api/preferences/loss-development/mine')

  it('stay with their user, tenant and dashboard', async () => {
    expect((await save(acme, { lob: 'acme secret' })).status).toBe(200)
    expect(JSON.parse((await read(acme)).text)).toMatchObject({
      name: 'mine',
      value: { lob: 'acme secret' },
    })
    for (const other of [globex, initech, await staffFor('acme-corp')]) {
      expect((await read(other)).status).toBe(404)
      expect((await other.script('/api/preferences/loss-development')).text).not.toContain(
        'acme secret',
      )
    }
    expect((await acme.script('/api/preferences/claims-monitor/mine')).status).toBe(404)
  })

  it('are not for dashboards that the tenant does not have', async () => {
    expect((await initech.script('/api/preferences/claims-monitor')).status).toBe(404)
    expect((await initech.script('/api/preferences/claims-monitor/mine')).status).toBe(404)
  })
})

describe('staff', () => {
  it('see one tenant at a time, and none before they have chosen', async () => {
    const staff = await signedIn('actuary@kyros.test')
    expect((await layout(staff)).status).toBe(409)
    const choice = await staff.ask('/dashboard/loss-development/?a=1', { headers: asNavigation })
    expect(choice.headers.get('location')).toBe(
      '/tenant?return_to=%2Fdashboard%2Floss-development%2F%3Fa%3D1',
    )
    await staff.submit('/tenant', { tenant: 'globex', return_to: '/' })
    const seen = await layout(staff)
    expect(seen.text).toContain('Globex')
    expect(seen.text).not.toContain('Acme Corp')
  })
})
