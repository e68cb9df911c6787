import { describe, expect, it } from 'vitest'
import { createLoginTransactions, newState } from './login-transaction.ts'

const passwords = { 1: 'a-password-that-is-long-enough-for-iron' }
const keys = { passwordsToSeal: () => passwords, passwordsToOpen: async () => passwords }
const begun = async (cookieHeader?: string, state = newState()) => {
  const transactions = createLoginTransactions(keys)
  const transaction = { state, nonce: 'n', codeVerifier: 'v', returnTo: '/dashboard/loss/' }
  const cookies = await transactions.begin(transaction, cookieHeader)
  return { transactions, transaction, state, cookies, pair: cookies.at(-1)?.split(';')[0] ?? '' }
}

describe('O1: login transactions', () => {
  it('come back by their state, to the browser that began them', async () => {
    const { transactions, transaction, state, pair } = await begun()
    expect(await transactions.find(state, pair)).toEqual(transaction)
    expect(await transactions.find(state, undefined)).toBeUndefined()
    expect(await transactions.find(newState(), pair)).toBeUndefined()
  })

  it('run beside each other, one for each tab', async () => {
    const [one, two] = [await begun(), await begun()]
    const header = `${one.pair}; ${two.pair}`
    expect((await one.transactions.find(one.state, header))?.state).toBe(one.state)
    expect((await one.transactions.find(two.state, header))?.state).toBe(two.state)
  })

  // The attacker's own sealed cookie under the victim's state name would sign the victim in as the attacker.
  it('cannot be moved under the state of another', async () => {
    const [mine, theirs] = [await begun(), await begun()]
    const moved = mine.pair.replace(mine.state, theirs.state)
    expect(await mine.transactions.find(theirs.state, moved)).toBeUndefined()
  })

  it('count as none when one was tossed in twice', async () => {
    const { transactions, state, pair } = await begun()
    expect(await transactions.find(state, `${pair}; ${pair}`)).toBeUndefined()
  })

  it('survive the redirect from another site, and are for the server only', async () => {
    const { cookies } = await begun()
    expect(cookies.at(-1)).toMatch(/Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/)
  })

  it('drop the oldest beyond five', async () => {
    const states = [1, 2, 3, 4, 5].map((minute) => newState(minute * 60_000))
    const header = states
      .toReversed()
      .map((state) => `__Host-Http-login-${state}=x`)
      .join('; ')
    const { cookies } = await begun(header)
    expect(cookies).toHaveLength(2)
    expect(cookies[0]).toContain(`__Host-Http-login-${states[0]}=; Path=/; Max-Age=0`)
  })

  it.each(['', 'x', '../x', '*', 'a'.repeat(5000)])('know no state %j', async (state) => {
    expect(
      await createLoginTransactions(keys).find(state, `__Host-Http-login-${state}=x`),
    ).toBeUndefined()
  })
})
