/** An app, by where it runs. */
export interface AddressedApp {
  /** The first address, by which the app is known. */
  readonly appUrl: string
  /** The others; empty for most. */
  readonly replicaUrls: readonly string[]
}

/** Where a request of a session goes, from when it is sent until it is over. */
export interface Place {
  readonly address: string
  /** Counts the request at another address from now on. */
  moveOn(): void
  leave(): void
}

export interface AppAddressesOptions {
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number
}

/** So many connections in a row that did not come about: one alone is chance, or a restart. */
const failuresToEject = 3

/** How long an ejected address is left alone: each time for twice as long. */
const backOffMs = { first: 5_000, most: 60_000 }

interface Trouble {
  failures: number
  /** `0` until it is ejected. */
  pauseMs: number
  /** When its next trial is due. */
  trialAt: number
}

/**
 * Which of its addresses an app is asked at. A session keeps to one of them, since jobs in the background
 * and the state of WebSockets live in one process of the app; which one needs no memory and is the same in
 * every replica of the gateway (rendezvous hashing). While that one is ejected the session goes where the
 * fewest requests are.
 */
export function createAppAddresses({ now = () => performance.now() }: AppAddressesOptions = {}) {
  /** Only of addresses that could not be reached when last tried. */
  const troubles = new Map<string, Trouble>()
  const requests = new Map<string, number>()

  const load = (address: string) => requests.get(address) ?? 0
  const count = (address: string, change: 1 | -1) => {
    const left = load(address) + change
    if (left > 0) requests.set(address, left)
    else requests.delete(address)
  }
  const isEjected = (address: string) => (troubles.get(address)?.pauseMs ?? 0) > 0

  /** @param failed the one that was just tried in vain */
  function choose(app: AddressedApp, session: string, failed?: string): string {
    const byRank = ranked([app.appUrl, ...app.replicaUrls], session)
    const others = byRank.filter((address) => address !== failed)
    const usable = others.filter((address) => !isEjected(address))
    // The last address is never given up: where all are ejected, trying is better than refusing.
    const [first = app.appUrl] = usable.length > 0 ? usable : others
    if (usable.length === 0 || first === byRank[0]) return first
    return usable.reduce((least, one) => (load(one) < load(least) ? one : least), first)
  }

  return {
    choose,

    /** @returns nothing for an app with one address, about which there is nothing to decide */
    take(app: AddressedApp, session: string): Place | undefined {
      if (app.replicaUrls.length === 0) return undefined
      let address = choose(app, session)
      let isOver = false
      count(address, 1)
      return {
        get address() {
          return address
        },
        moveOn() {
          if (isOver) return
          count(address, -1)
          address = choose(app, session, address)
          count(address, 1)
        },
        leave() {
          if (!isOver) count(address, -1)
          isOver = true
        },
      }
    },

    noteReached(address: string): void {
      if (troubles.size > 0) troubles.delete(address)
    },

    /** A connection to it did not come about. */
    noteUnreached(address: string): void {
      const trouble = troubles.get(address) ?? { failures: 0, pauseMs: 0, trialAt: 0 }
      troubles.set(address, trouble)
      trouble.failures += 1
      if (trouble.failures < failuresToEject) return
      // What was under way when it was ejected fails as well, and says nothing new.
      if (trouble.pauseMs > 0 && now() < trouble.trialAt) return
      trouble.pauseMs = Math.min(backOffMs.most, trouble.pauseMs * 2 || backOffMs.first)
      trouble.trialAt = now() + trouble.pauseMs
    },

    isEjected,

    /** Whether it may be tried: an ejected one only when its pause is over. */
    isTrialDue: (address: string) =>
      !isEjected(address) || now() >= (troubles.get(address)?.trialAt ?? 0),

    /** Forgets what no app has any more. */
    keepOnly(addresses: ReadonlySet<string>): void {
      for (const address of troubles.keys()) if (!addresses.has(address)) troubles.delete(address)
    },
  }
}

export type AppAddresses = ReturnType<typeof createAppAddresses>

/** Highest score first: what is added or taken away moves the sessions of that address and no others. */
function ranked(addresses: readonly string[], session: string): string[] {
  return addresses
    .map((address) => ({ address, score: scoreOf(`${session} ${address}`) }))
    .toSorted((one, other) => other.score - one.score || (one.address < other.address ? -1 : 1))
    .map(({ address }) => address)
}

/** FNV-1a, whose last characters hardly reach the upper bits, and so the last step of MurmurHash3. */
function scoreOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
