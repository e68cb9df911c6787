import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'

import type { Account } from '../demo.ts'

/** The accounts, read anew each time: a changed role or tenant holds from the next sign-in on. */
export interface Accounts {
  signIn(login: string, password: string): Account | undefined
  bySubject(sub: string): Account | undefined
}

export function createAccounts(usersFile: string): Accounts {
  const read = () => JSON.parse(readFileSync(usersFile, 'utf8')) as Account[]
  return {
    signIn: (login, password) =>
      read().find(
        (account) =>
          account.login.toLowerCase() === login.trim().toLowerCase() &&
          isEqual(account.password, password),
      ),
    bySubject: (sub) => read().find((account) => subjectOf(account) === sub),
  }
}

/** Stable for a login and says nothing about it, as a real provider's subjects do. */
export function subjectOf(account: Account): string {
  return sha256(account.login.toLowerCase()).toString('hex').slice(0, 32)
}

function isEqual(left: string, right: string): boolean {
  return timingSafeEqual(sha256(left), sha256(right))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
