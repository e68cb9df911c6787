import { readFile, writeFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { type Account, password } from '../../dev/demo.ts'

/** Accounts of the demo by what they are here for. */
export const ACME = 'viewer@acme.test'
export const GLOBEX = 'viewer@globex.test'
export const INITECH = 'viewer@initech.test'
export const STAFF = 'actuary@kyros.test'

let newcomers = 0

/**
 * One more viewer of a tenant, for whom nothing is saved and whose sessions are nobody else's; the
 * provider reads its accounts at each sign-in.
 */
export async function newcomer(tenantId: string): Promise<string> {
  const { users } = inject('stack')
  const known = JSON.parse(await readFile(users, 'utf8')) as Account[]
  newcomers += 1
  const login = `newcomer-${process.pid}-${newcomers}@${tenantId}.test`
  const account: Account = { login, password, claims: { role: 'viewer', tenant_id: tenantId } }
  await writeFile(users, JSON.stringify([...known, account]))
  return login
}
