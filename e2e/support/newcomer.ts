import { readFile, rename, writeFile } from 'node:fs/promises'
import { type Account, password } from '../../dev/demo.ts'
import { stack } from './stack.ts'

let newcomers = 0

/**
 * One more viewer of a tenant, for whom nothing is saved and whose sessions are nobody else's; the
 * provider reads its accounts at each sign-in.
 *
 * @param tenantId of nobody's when left out
 */
export async function newcomer(tenantId?: string): Promise<string> {
  const known = JSON.parse(await readFile(stack.users, 'utf8')) as Account[]
  newcomers += 1
  const login = `newcomer-${process.pid}-${newcomers}@${tenantId ?? 'nowhere'}.test`
  const claims = { role: 'viewer' as const, ...(tenantId && { tenant_id: tenantId }) }
  const account: Account = { login, password, claims }
  // In one go: the provider may read it at any time.
  await writeFile(`${stack.users}.new`, JSON.stringify([...known, account]))
  await rename(`${stack.users}.new`, stack.users)
  return login
}
