import type { JWK, CryptoKey } from 'jose'
import type { Database, Transaction } from '../db/client.ts'
import { GatewayError } from '../edge/gateway-error.ts'
import { keyIdOf, openAtRest, sealAtRest } from './at-rest.ts'
import { completeRings, isIncomplete } from './complete-rings.ts'
import { problemOf, startFault, type KeyProblem } from './key-problem.ts'
import { readRows } from './key-store.ts'
import { createLookAgain } from './look-again.ts'
import { masterKeysOf } from './master-seal.ts'
import { openRows, ringsOf, sealingKey, signingKeyAt } from './opened-keys.ts'
import type { OpenedKey, SigningKey } from './opened-keys.ts'
import { trustedUnread } from './retention.ts'
import { rotateRings, type Rotation, type RotationOrder } from './rotation.ts'

/**
 * The gateway's keys. The newest of each ring makes what is new, all of them read. What somebody
 * names that is not known here is looked for in the database before it is refused: another replica
 * may have made it a moment ago.
 */
export interface KeyRings {
  /** The password that seals cookies, by its id. */
  passwordsToSeal(): Record<string, string>
  /** iron-session's map of passwords, with the one that a seal names if there is one. */
  passwordsToOpen(seal: string): Promise<Record<string, string>>
  sealAtRest(plaintext: string, cookieSecret: string): string
  /** `undefined` when it was changed, or the cookie is another, or the key is gone. */
  openAtRest(sealed: string, cookieSecret: string): Promise<string | undefined>
  signingKey(): SigningKey
  publicKey(kid: string): Promise<CryptoKey | undefined>
  publicJwks(): { keys: JWK[] }
  /** Reads the keys again; a failure leaves the last state. */
  reload(): Promise<void>
  /** In a transaction for the purpose `admin`; every replica reloads when it commits. */
  rotateIn(tx: Transaction, order: RotationOrder): Promise<Rotation>
  /** What an operator has to mend, if anything. */
  problem(): KeyProblem | undefined
}

export interface KeyRingOptions {
  /** The longest that a session can be, which is how long its keys are kept. */
  readonly sessionSeconds?: number
  /** The master key before this one, while it is being replaced. */
  readonly previousMasterKey?: Uint8Array | undefined
  /** Where the master key comes from, for messages. */
  readonly masterKeyVariable?: string
  /** Told when {@link KeyRings.problem} has changed. */
  readonly onProblem?: (problem: KeyProblem | undefined) => void
  /** The clock that says whose time has come; milliseconds since the epoch. */
  readonly now?: () => number
}

const unavailable = (message: string) =>
  new GatewayError(
    503,
    'keys_unavailable',
    'This cannot be checked at the moment. Try again shortly; you stay signed in.',
    { cause: new Error(message), headers: { 'Retry-After': '5' } },
  )

/**
 * Reads the key rings, and makes the keys that are missing.
 *
 * @throws {KeyFault} when the master key does not open each of them
 */
export async function loadKeyRings(
  database: Database,
  masterKey: Uint8Array,
  options: KeyRingOptions = {},
): Promise<KeyRings> {
  const { sessionSeconds = 24 * 3600, previousMasterKey, onProblem, now = Date.now } = options
  const { masterKeyVariable = 'MASTER_KEY' } = options
  const masterKeys = masterKeysOf(masterKey, previousMasterKey)

  const read = (remembered: readonly OpenedKey[]) =>
    database.forPurpose('keys', async (tx) => {
      const present = await readRows(tx)
      const opened = openRows(present, masterKeys, remembered)
      // Under a master key that is not theirs nothing is added, or there would be two sorts of rows.
      if (opened.unknown.length > 0 || !isIncomplete(present, masterKeys)) return opened
      await completeRings(tx, masterKeys)
      return openRows(await readRows(tx), masterKeys, remembered)
    })

  const first = await read([])
  const fault = startFault(first, masterKeyVariable)
  if (fault) throw fault
  let rings = await ringsOf(first)
  let problem: KeyProblem | undefined
  let readAt = performance.now()
  /** A reading that began later is the newer state, whichever ends first. */
  let [begun, applied] = [0, 0]

  async function reload(): Promise<void> {
    const mine = ++begun
    const startedAt = performance.now()
    const opened = await read(rings.keys)
    const fresh = await ringsOf(opened)
    if (mine < applied) return
    applied = mine
    rings = fresh
    readAt = startedAt
    const before = problem?.message
    problem = problemOf(opened)
    if (problem?.message !== before) onProblem?.(problem)
  }
  const lookAgain = createLookAgain(reload)

  /** @throws {GatewayError} 503 when the name may be one of a key that is there and unreadable */
  async function lookFor<T>(find: () => T | undefined): Promise<T | undefined> {
    const known = find()
    if (known !== undefined) return known
    await lookAgain()
    const found = find()
    if (found === undefined && problem?.isBehind) throw unavailable(problem.message)
    return found
  }

  /** Nothing new is made with keys that may have been retired long since. */
  function trusted<T>(key: T | undefined): T {
    if (performance.now() - readAt > trustedUnread * 1000) {
      throw unavailable(`The keys could not be read for more than ${trustedUnread} s`)
    }
    if (key === undefined) throw unavailable('The key ring has no key that can be used')
    return key
  }

  /** Ids grow, so one that is not newer than all the others, and of no row here, is of a key that is gone. */
  const mayBeThere = (id: number) => id > rings.newestId || rings.unreadableIds.has(id)

  const dataKey = (envelope: string) => rings.dataKeys.find(({ kid }) => kid === keyIdOf(envelope))

  return {
    passwordsToSeal() {
      const { id, secret } = trusted(sealingKey(rings.keys, 'cookie'))
      return { [id]: secret }
    },
    async passwordsToOpen(seal) {
      const id = Number(/^Fe26\.2\*(\d{1,15})\*/.exec(seal)?.[1])
      if (mayBeThere(id)) await lookFor(() => rings.cookiePasswords[id])
      return { ...rings.cookiePasswords }
    },
    sealAtRest(plaintext, cookieSecret) {
      const { kid, secret } = trusted(sealingKey(rings.keys, 'data'))
      return sealAtRest({ kid, secret: Buffer.from(secret, 'base64url') }, plaintext, cookieSecret)
    },
    async openAtRest(sealed, cookieSecret) {
      const key = await lookFor(() => dataKey(sealed))
      return key && openAtRest([key], sealed, cookieSecret)
    },
    signingKey: () => trusted(signingKeyAt(rings.tokenKeys, now())),
    publicKey: (kid) => lookFor(() => rings.tokenKeys.find((key) => key.kid === kid)?.publicKey),
    publicJwks: () => ({ keys: rings.tokenKeys.map(({ publicJwk }) => ({ ...publicJwk })) }),
    reload,
    rotateIn: (tx, order) => rotateRings(tx, masterKeys, order, sessionSeconds),
    problem: () => problem,
  }
}
