import { randomBytes } from 'node:crypto'
import { sealData, unsealData } from 'iron-session'
import { z } from 'zod'
import { cookieNames, cookieValues, hostCookie } from '../session/cookie-header.ts'

/** The sealed state between login and callback, one cookie for each so that two tabs can sign in. */
const loginTransaction = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  /** Hash of the session that this sign-in replaces. */
  replaces: z.string().optional(),
  /** Left out for a sign-in; what comes of anything else makes no session. */
  purpose: z.literal('password_reset').optional(),
})

export type LoginTransaction = z.infer<typeof loginTransaction>

const prefix = '__Host-Http-login-'
const lifetimeSeconds = 600

/** More sign-ins at once than anybody needs; without a cap the cookies outgrow the header limit. */
const most = 5

/** Sorts by age, so that the oldest can be dropped without being opened. */
const stateForm = /^[0-9a-z]{8,10}-[\w-]{43}$/

const cookieName = (state: string) => `${prefix}${state}` as const

/** A state that is unguessable, usable as part of a cookie's name, and sorts by time. */
export const newState = (now = Date.now()): string =>
  `${now.toString(36).padStart(9, '0')}-${randomBytes(32).toString('base64url')}`

/** What the sealing needs of the key rings. */
export interface TransactionKeys {
  passwordsToSeal(): Record<string, string>
  /** With the one that a seal names, even when another replica made it a moment ago. */
  passwordsToOpen(seal: string): Promise<Record<string, string>>
}

export function createLoginTransactions(keys: TransactionKeys) {
  return {
    /** `Set-Cookie` values that begin a transaction and drop the oldest ones beyond the cap. */
    async begin(
      transaction: LoginTransaction,
      cookieHeader: string | undefined,
    ): Promise<string[]> {
      const sealed = await sealData(transaction, {
        password: keys.passwordsToSeal(),
        ttl: lifetimeSeconds,
      })
      const running = cookieNames(cookieHeader, prefix).sort()
      const surplus = running.slice(0, Math.max(0, running.length - most + 1))
      return [
        ...surplus.map((name) => hostCookie(name as typeof prefix, '', 'Lax', 0)),
        // Lax: the provider's redirect comes from another site and must bring it along.
        hostCookie(cookieName(transaction.state), sealed, 'Lax', lifetimeSeconds),
      ]
    },

    /** The transaction of a state, if this browser began it. */
    async find(
      state: string,
      cookieHeader: string | undefined,
    ): Promise<LoginTransaction | undefined> {
      if (!stateForm.test(state)) return undefined
      const values = cookieValues(cookieHeader, cookieName(state))
      const [sealed, ...others] = values
      if (sealed === undefined || others.length > 0) return undefined
      const password = await keys.passwordsToOpen(sealed)
      const content: unknown = await unsealData(sealed, { password, ttl: lifetimeSeconds }).catch(
        () => undefined,
      )
      const transaction = loginTransaction.safeParse(content).data
      return transaction?.state === state ? transaction : undefined
    },

    deletion: (state: string) => hostCookie(cookieName(state), '', 'Lax', 0),
  }
}

export type LoginTransactions = ReturnType<typeof createLoginTransactions>
