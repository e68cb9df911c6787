import postgres from 'postgres'
import { afterAll, describe, expect, it } from 'vitest'
import { operate, owner, signedIn, stack } from './support/stack.ts'
import { Visitor } from './support/visitor.ts'

const sql = owner()
afterAll(() => sql.end())

const layout = '/dashboard/loss-development/_dash-layout'

/** Holds a table so that whoever reads or writes it waits, for as long as `work` takes. */
async function whileHeld(table: string, work: () => Promise<void>): Promise<void> {
  const holder = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} })
  try {
    await holder.begin(async (tx) => {
      await tx`lock table ${tx(table)} in access exclusive mode`
      await work()
    })
  } finally {
    await holder.end()
  }
}

/** A session that the gateway has not seen since its row was made: another process would know as little. */
async function unknownSession(): Promise<Visitor> {
  const one = await signedIn('viewer@globex.test')
  const copy = new Visitor(one.publicUrl)
  // Nothing has been asked with this cookie yet: its row has to be read.
  for (const name of one.cookies.names) copy.cookies.set(name, one.cookies.get(name) ?? '')
  return copy
}

describe('X2: a table of the database that nobody gets at', () => {
  it('holds up who needs it, no longer than a few seconds; nobody else notices', async () => {
    const known = await signedIn('viewer@acme.test')
    expect((await known.script(layout)).status).toBe(200)
    const cookies = new Map<Visitor, string>()
    const newcomers: Visitor[] = []
    // More than there are connections to the database.
    for (let count = 0; count < 15; count += 1) newcomers.push(await unknownSession())
    await whileHeld('sessions', async () => {
      for (const one of newcomers) cookies.set(one, one.cookies.header)
      const waiting = newcomers.map((one) => one.submit('/logout', {}))
      for (let turn = 0; turn < 20; turn += 1) {
        expect((await known.script(layout)).status).toBe(200)
        expect((await fetch(`${stack.opsUrl}/livez`)).status).toBe(200)
      }
      for (const { status, headers } of await Promise.all(waiting)) {
        expect([status, headers.has('retry-after')]).toEqual([503, true])
      }
    })
    // Nobody was signed out by it, neither there nor in the browser.
    for (const one of newcomers) {
      expect(one.cookies.header).toBe(cookies.get(one))
      expect((await one.script('/session')).status).toBe(200)
    }
  }, 60_000)

  it('of the audit log opens no dashboard, and lets those that are open go on', async () => {
    const known = await signedIn('viewer@acme.test')
    expect((await known.script(layout)).status).toBe(200)
    const other = await signedIn('viewer@initech.test')
    await whileHeld('audit_logs', async () => {
      const answer = await other.script(layout)
      expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true])
      expect((await known.script(layout)).status).toBe(200)
      const { status } = await operate('POST', '/admin/tenants/initech/metadata', { status: 'suspended' }) // prettier-ignore
      expect(status).toBe(503)
    })
    expect((await other.script(layout)).status).toBe(200)
    const [line] = await sql`select status from tenants where id = 'initech'`
    expect(line?.['status']).toBe('active')
  }, 60_000)
})
