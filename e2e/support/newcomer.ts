import { readFile, writeFile } from 'node:fs/promises'
import { type Account, password } from '../../dev/demo.ts'
import { stack } from './stack.ts'

let newcomers = 0

/**
 * One more viewer of a tenant, for whom nothing is saved and whose sessions are nobody else's; the
 * provider reads its accounts at each sign-in.
 */
export async function newcomer(tenantId: string): Promise<string> {
  const known = JSON.parse(await readFile(stack.users, 'utf8')) as Account[]
  newcomers += 1
  const login = `newcomer-${process.pid}-${newcomers}@${tenantId}.test`
  const account: Account = { login, password, claims: { role: 'viewer', tenant_id: tenantId } }
  await writeFile(stack.users, JSON.stringify([...known, account]))
  return login
}
