import { GatewayError } from '../edge/gateway-error.ts'
import type { Asker, Release } from './asker.ts'
import { createQueue, type Waiting } from './waiting.ts'

/** Requests of one tenant that wait for one app; for polls a part of it. */
export const queueLength = 128
const pollQueueLength = 32

/** What a tenant has under way in one app. */
interface Party {
  readonly tenantId: string
  active: number
  readonly users: Map<string, number>
  readonly queue: ReturnType<typeof createQueue>
}

/** Requests that have a turn of an app, and that wait for one. */
export interface TurnUse {
  readonly active: number
  readonly waiting: number
}

export interface TurnsOptions {
  /** Requests that one app works at, for all tenants together. */
  readonly appRequestsAtOnce: number
  /** How long one may wait for its turn. */
  readonly waitMs: number
}

const tenantBusy = () =>
  new GatewayError(
    429,
    'tenant_busy',
    'This dashboard is busy with other requests of your organisation. Try again in a moment.',
    { headers: { 'Retry-After': '2' } },
  )

/**
 * Turns at one app. Each tenant and each user has a share that the others cannot take; what is over
 * it waits, and where several tenants wait, they take turns.
 */
function createGate({ appRequestsAtOnce, waitMs }: TurnsOptions) {
  let active = 0
  /** Only those that have something under way or waiting. */
  const parties = new Map<string, Party>()
  /** Those that have something waiting; the one that was served last stands last. */
  const waitingParties = new Set<Party>()

  function partyOf(tenantId: string): Party {
    let party = parties.get(tenantId)
    if (!party) {
      party = { tenantId, active: 0, users: new Map(), queue: createQueue() }
      parties.set(tenantId, party)
    }
    return party
  }

  const hasRoom = (party: Party, { user, limits }: Asker) =>
    active < appRequestsAtOnce &&
    party.active < limits.requestsAtOnce &&
    (party.users.get(user) ?? 0) < limits.userRequestsAtOnce

  function begin(party: Party, { user }: Asker): Release {
    active += 1
    party.active += 1
    party.users.set(user, (party.users.get(user) ?? 0) + 1)
    let isOver = false
    return function release() {
      if (isOver) return
      isOver = true
      active -= 1
      party.active -= 1
      const left = (party.users.get(user) ?? 1) - 1
      if (left > 0) party.users.set(user, left)
      else party.users.delete(user)
      next()
      forget(party)
    }
  }

  function forget(party: Party): void {
    if (party.queue.length() > 0) return
    waitingParties.delete(party)
    if (party.active === 0) parties.delete(party.tenantId)
  }

  /** Lets in who may come in now, one of each tenant in turn: who was served and has more stands last. */
  function next(): void {
    for (const party of waitingParties) {
      if (active >= appRequestsAtOnce) return
      const waiting = party.queue.takeFirst((one) => hasRoom(party, one))
      if (!waiting) continue
      waitingParties.delete(party)
      if (party.queue.length() > 0) waitingParties.add(party)
      waiting.admit(begin(party, waiting.asker))
    }
  }

  function wait(party: Party, asker: Asker, signal: AbortSignal): Promise<Release> {
    const most = asker.importance === 'poll' ? pollQueueLength : queueLength
    if (party.queue.length() >= most) throw tenantBusy()
    return new Promise((resolve, reject) => {
      const leave = (reason: Error) => {
        party.queue.remove(waiting)
        finish()
        forget(party)
        reject(reason)
      }
      const abort = () => leave(signal.reason as Error)
      const timer = setTimeout(() => leave(tenantBusy()), waitMs)
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
      const waiting: Waiting = {
        asker,
        admit(release) {
          finish()
          resolve(release)
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      party.queue.add(waiting)
      waitingParties.add(party)
    })
  }

  function take(asker: Asker, signal: AbortSignal): Release | Promise<Release> {
    signal.throwIfAborted()
    const party = partyOf(asker.tenantId)
    // Whoever waits already does so for room that this one does not take.
    return hasRoom(party, asker) ? begin(party, asker) : wait(party, asker, signal)
  }

  return {
    take,
    use(): TurnUse {
      let waiting = 0
      for (const { queue } of waitingParties) waiting += queue.length()
      return { active, waiting }
    },
  }
}

/** Turns at all apps, each for itself: a slow one keeps nobody from another. */
export function createTurns(options: TurnsOptions) {
  /** Few, as their addresses come from the directory. */
  const gates = new Map<string, ReturnType<typeof createGate>>()
  return {
    /** @throws {GatewayError} 429 `tenant_busy` when too many wait, or this one has waited too long */
    async take(app: string, asker: Asker, signal: AbortSignal): Promise<Release> {
      let gate = gates.get(app)
      if (!gate) {
        gate = createGate(options)
        gates.set(app, gate)
      }
      return gate.take(asker, signal)
    },
    /** How many requests have a turn and wait for one, by app. */
    use: (): ReadonlyMap<string, TurnUse> =>
      new Map(Array.from(gates, ([app, gate]) => [app, gate.use()])),
  }
}

export type Turns = ReturnType<typeof createTurns>
