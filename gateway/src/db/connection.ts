import type { Socket } from 'node:net'
import postgres from 'postgres'
import { encrypt, openSocket, type ServerProof } from './database-socket.ts'
import { readDatabaseUrl } from './database-url.ts'

/**
 * One connection to Postgres, for one user at a time, never used again once it is lost.
 *
 * postgres.js would reconnect by itself, and after a loss in the middle of a transaction it (3.4.9)
 * writes to a socket that is gone, outside of every promise, or goes on with the rest of that
 * transaction inside of the next one (porsager/postgres#1208, #1155, #1216). The first ends the
 * process, the second mixes tenants. So it gets one connection to look after, no transaction of its
 * own, and nothing to do after the loss.
 */
export interface Connection {
  /** What Drizzle needs of a client; throws without touching the driver once the connection is lost. */
  readonly client: postgres.Sql
  readonly lost: () => boolean
  /** Ends it at once; whatever waits for an answer is refused. */
  kill(): void
  /** Ends it when it is idle. */
  close(): Promise<void>
}

/** Where the database is. */
export interface DatabaseAddress extends ServerProof {
  readonly url: string
}

export interface ConnectionOptions extends DatabaseAddress {
  readonly onNotify?: (channel: string, payload: string) => void
  readonly onLost?: () => void
}

/** Of these postgres.js has no types; `socket` and `onnotify` it uses itself. */
interface UntypedOptions {
  readonly socket: (options: Address) => Promise<Socket>
  readonly onnotify?: (channel: string, payload: string) => void
}

interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

const connectionLost = () =>
  Object.assign(new Error('The connection was lost'), { code: 'CONNECTION_CLOSED' })

/** @throws {TypeError} when the URL asks for less than a server that proves who it is */
export function openConnection({ url, ca, onNotify, onLost }: ConnectionOptions): Connection {
  const way = readDatabaseUrl(url)
  let lost = false
  let socket: Socket | undefined

  function markLost(): void {
    lost = true
    onLost?.()
  }

  const options: postgres.Options<Record<string, never>> & UntypedOptions = {
    max: 1,
    // Prepared statements belong to one connection; a pooler in transaction mode mixes them up.
    prepare: false,
    fetch_types: false,
    connect_timeout: 3,
    idle_timeout: 0,
    // The driver would end the connection between two statements of a transaction.
    max_lifetime: null,
    onnotice: () => {},
    onclose: markLost,
    connection: { application_name: 'dashgate-gateway' },
    // Encryption is the socket's matter, below.
    ssl: false,
    // Only the socket itself can be given up at once when the other side says nothing any more.
    socket: (address) => connect(address),
    ...(onNotify ? { onnotify: onNotify } : {}),
  }
  const driver = postgres(way.url, options)

  /** The driver takes a socket of ours for connected already; node keeps what it writes until it is. */
  async function connect({ host: [host = 'localhost'], port: [port = 5432], path }: Address) {
    const raw = openSocket({ host, port, ...(path ? { path } : {}) })
    socket = raw
    // Before the driver tells of the error: `close` comes a moment later, and whoever used the
    // connection in between would wait for ever.
    raw.once('error', markLost)
    if (way.security !== 'verified') return raw
    try {
      socket = await encrypt(raw, host, { ca })
    } catch (error) {
      markLost()
      throw error
    }
    socket.once('error', markLost)
    return socket
  }

  return {
    client: guarded(driver, () => lost),
    lost: () => lost,
    kill: () => {
      lost = true
      driver.end({ timeout: 0 }).catch(() => {})
      socket?.destroy()
    },
    close: async () => {
      lost = true
      await driver.end({ timeout: 1 })
    },
  }
}

function guarded(driver: postgres.Sql, lost: () => boolean): postgres.Sql {
  return new Proxy(driver, {
    get(target, property, receiver) {
      if (property !== 'options' && property !== 'unsafe') {
        throw new TypeError(`A connection offers no ${String(property)}`)
      }
      if (lost()) throw connectionLost()
      return Reflect.get(target, property, receiver)
    },
  })
}
