import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { owner, signedIn, stack } from './support/stack.ts'
import { asNavigation, Visitor } from './support/visitor.ts'

const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/146.0.0.0 Safari/537.36'
const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7) Version/26.1 Mobile/15E148 Safari/604.1'

/** Somebody signed in with a browser that says what it is. */
async function device(userAgent: string, login: string): Promise<Visitor> {
  const one = Object.assign(new Visitor(stack.publicUrl), { userAgent })
  await one.signIn(login)
  return one
}

const account = (one: Visitor) => one.ask('/account', { headers: asNavigation })
const handles = (text: string) =>
  [...text.matchAll(/name="session"\s+value="([\w-]{43})"/g)].map(([, handle]) => handle ?? '')
const isSignedIn = async (one: Visitor) => (await one.script('/session')).status === 200
const end = (one: Visitor, fields: Record<string, string>) =>
  one.submit('/account/sessions/end', fields)

/** Lines of the audit log of these actions since a moment, oldest first. */
async function recorded(since: Date) {
  const sql = owner()
  try {
    return await sql`
      select action, actor_email, detail from audit_logs
      where at >= ${since} and action in ('session.ended_elsewhere', 'session.end_refused')
      order by id`
  } finally {
    await sql.end()
  }
}

describe('GET /account', () => {
  it('shows where a person is signed in: this device, and the others in words', async () => {
    await end(await device(chrome, 'viewer@globex.test'), { others: 'all' })
    const [here] = [
      await device(chrome, 'viewer@globex.test'),
      await device(phone, 'viewer@globex.test'),
    ]
    const { status, text, headers } = await account(here)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(text).toMatch(/Chrome on Windows\s*<span class="badge badge-active">This device/)
    expect(text).toContain('Safari on iPhone')
    expect(text).not.toMatch(/Safari on iPhone\s*<span/)
  })

  it('shows staff for whom each session is, and people of one tenant nothing of it', async () => {
    const staff = await signedIn('actuary@kyros.test')
    await staff.submit('/tenant', { tenant: 'globex', return_to: '/' })
    expect((await account(staff)).text).toContain('For Globex')
    expect((await account(await signedIn('viewer@globex.test'))).text).not.toContain('For Globex')
  })

  it('names sessions by what opens nothing: no id, no hash, and another name in each session', async () => {
    const [one, other] = [await signedIn('viewer@acme.test'), await signedIn('viewer@acme.test')]
    const { text } = await account(one)
    const sql = owner()
    const rows = await sql`select id_hash, sub from sessions where email = 'viewer@acme.test'`
    await sql.end()
    expect(rows.length).toBeGreaterThan(1)
    for (const { id_hash: idHash } of rows) {
      expect(text).not.toContain(String(idHash))
      const again = createHash('sha256').update(String(idHash)).digest('base64url')
      expect(text).not.toContain(again)
    }
    const seenByOther = new Set(handles((await account(other)).text))
    expect(handles(text).filter((handle) => seenByOther.has(handle))).toEqual([])
  })

  it('asks a person without a session to sign in, and refuses a script', async () => {
    const nobody = new Visitor(stack.publicUrl)
    expect((await account(nobody)).headers.get('location')).toBe('/login?return_to=%2Faccount')
    expect((await nobody.script('/account')).status).toBe(401)
  })
})

describe('POST /account/sessions/end', () => {
  it('ends the one that is named, with the cookie that somebody copied of it', async () => {
    const since = new Date()
    await end(await signedIn('viewer@globex.test'), { others: 'all' })
    const [here, lost] = [
      await signedIn('viewer@globex.test'),
      await signedIn('viewer@globex.test'),
    ]
    const [handle = ''] = handles((await account(here)).text).slice(0, 1)
    const kept = await signedIn('viewer@globex.test')
    const answer = await end(here, { session: handle })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account?done=ended'])
    expect([await isSignedIn(here), await isSignedIn(lost), await isSignedIn(kept)]).toEqual([
      true,
      false,
      true,
    ])
    const { text } = await here.ask('/account?done=ended', { headers: asNavigation })
    expect(text).toContain('role="status"')
    expect((await recorded(since)).at(-1)).toMatchObject({
      action: 'session.ended_elsewhere',
      actor_email: 'viewer@globex.test',
      detail: { ended: 1 },
    })
  })

  it('ends all others of this person, and nobody else’s', async () => {
    const [here, second, third, stranger] = [
      await signedIn('viewer@acme.test'),
      await signedIn('viewer@acme.test'),
      await signedIn('viewer@acme.test'),
      await signedIn('viewer@initech.test'),
    ]
    expect((await end(here, { others: 'all' })).status).toBe(303)
    expect(await Promise.all([here, second, third, stranger].map(isSignedIn))).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect((await account(here)).text).toContain('You are signed in nowhere else')
  })

  it('T1: finds nobody else’s session, whatever it is called, and records that somebody looked', async () => {
    const since = new Date()
    const [here, stranger] = [
      await signedIn('viewer@acme.test'),
      await signedIn('viewer@globex.test'),
    ]
    await signedIn('viewer@globex.test')
    const sql = owner()
    const [row] = await sql`
      select id_hash from sessions where email = 'viewer@globex.test' order by created_at desc`
    await sql.end()
    const [theirs = ''] = handles((await account(stranger)).text)
    const cookie = stranger.cookies.get('__Host-Http-session') ?? ''
    const names = [theirs, String(row?.['id_hash']), cookie, '', '%', "' or true --"]
    for (const session of names) {
      const answer = await end(here, { session })
      expect([answer.status, answer.headers.get('x-gateway-error')]).toEqual([
        404,
        'no_such_session',
      ])
    }
    expect(await isSignedIn(stranger)).toBe(true)
    const lines = await recorded(since)
    expect(lines).toHaveLength(names.length)
    expect(lines[0]).toMatchObject({
      action: 'session.end_refused',
      actor_email: 'viewer@acme.test',
      detail: { wanted: theirs },
    })
  })

  it('B5: is not done for another site, for a form that names nothing, or without a session', async () => {
    const [here, other] = [await signedIn('viewer@acme.test'), await signedIn('viewer@acme.test')]
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const path = '/account/sessions/end'
    expect((await here.submit(path, { others: 'all' }, foreign)).status).toBe(403)
    expect((await end(here, {})).status).toBe(400)
    expect((await new Visitor(stack.publicUrl).submit(path, { others: 'all' })).status).not.toBe(
      200,
    )
    expect(await isSignedIn(other)).toBe(true)
  })
})
