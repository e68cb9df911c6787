import { connect } from 'node:net'
import type { AddressedApp, AppAddresses } from './app-addresses.ts'

export interface AddressChecksOptions {
  readonly addresses: Pick<
    AppAddresses,
    'isTrialDue' | 'noteReached' | 'noteUnreached' | 'keepOnly'
  >
  readonly apps: () => Iterable<AddressedApp>
  readonly noteReached: (address: string, isReached: boolean) => void
  readonly everyMs?: number
}

/** As long as a request waits for a connection. */
const patienceMs = 2000

/**
 * Tries the addresses of apps that have several, whether anybody asks for them or not. It only connects:
 * a request would need a tenant, stand in the app's log and, behind a worker that computes for a minute as
 * Dash apps do, wait for a minute. A trial of an ejected address is made here, so no person's request is it.
 */
export function startAddressChecks(options: AddressChecksOptions) {
  const { addresses, apps, noteReached, everyMs = 3000 } = options
  const stopping = new AbortController()
  let followed: ReadonlySet<string> = new Set()
  let round: Promise<unknown> | undefined

  async function check(address: string): Promise<void> {
    const isReached = await canConnect(address, stopping.signal)
    if (stopping.signal.aborted) return
    noteReached(address, isReached)
    if (isReached) addresses.noteReached(address)
    else addresses.noteUnreached(address)
  }

  function checkAll(): Promise<unknown> {
    const several = [...apps()].filter(({ replicaUrls }) => replicaUrls.length > 0)
    followed = new Set(several.flatMap(({ appUrl, replicaUrls }) => [appUrl, ...replicaUrls]))
    addresses.keepOnly(followed)
    return Promise.all([...followed].filter(addresses.isTrialDue).map(check))
  }

  const timer = setInterval(() => {
    // A round that still waits for names or connections is not joined by another.
    round ??= checkAll().finally(() => (round = undefined))
  }, everyMs).unref()

  return {
    /** The addresses that are tried, for the metrics. */
    followed: () => followed,
    async stop(): Promise<void> {
      clearInterval(timer)
      stopping.abort()
      await round
    },
  }
}

function canConnect(address: string, signal: AbortSignal): Promise<boolean> {
  const url = URL.parse(address)
  if (!url) return Promise.resolve(false)
  const { hostname, port, protocol } = url
  return new Promise((resolve) => {
    const socket = connect({
      // Without the brackets of an IPv6 address.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
      signal,
    })
    const end = (isReached: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(isReached)
    }
    // Of its own: the time-out of a socket does not count while a name is looked up.
    const timer = setTimeout(end, patienceMs, false)
    socket.once('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}
