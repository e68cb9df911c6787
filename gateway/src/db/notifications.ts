import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Database } from './client.ts'
import { openConnection, type Connection } from './connection.ts'
import { databaseError } from './connection-fault.ts'
import { within } from './deadline.ts'

const beatMs = 1000
/** Heard nothing for so long: what was said meanwhile may be lost. */
const currentMs = 3000
const listenMs = 4500

export interface ChangeHandlers {
  metadata(): void
  session(idHash: string): void
  keys(): void
  /** After a reconnect: anything may have been missed, so read everything again. */
  resync(): void
}

export interface ChangeListener {
  /** Whether a change made now would be heard; false within seconds of losing the connection. */
  isCurrent(): boolean
  close(): Promise<void>
}

/**
 * Hears what other replicas change. A beat of our own goes the same way through Postgres each
 * second: as long as it comes back, so does everything else.
 *
 * @throws {GatewayError} 503 when the database cannot be reached at the start
 */
export async function listenForChanges(
  { url }: Pick<Database, 'url'>,
  handlers: ChangeHandlers,
): Promise<ChangeListener> {
  const self = randomUUID()
  let lastHeard = -Infinity
  let closed = false
  let beating: NodeJS.Timeout | undefined
  const isCurrent = () => performance.now() - lastHeard < currentMs

  function hear(_channel: string, payload: string): void {
    const change = parseChange(payload)
    if (change?.kind === 'heartbeat' && change.self === self) lastHeard = performance.now()
    if (change?.kind === 'metadata') handlers.metadata()
    if (change?.kind === 'keys') handlers.keys()
    if (change?.kind === 'session') handlers.session(change.idHash)
  }

  async function listen(): Promise<Connection> {
    const opened = openConnection({
      url,
      onNotify: hear,
      onLost: () => {
        lastHeard = -Infinity
      },
    })
    try {
      await within(Promise.resolve(opened.client.unsafe('listen dashgate')), listenMs, () =>
        opened.kill(),
      )
    } catch (error) {
      opened.kill()
      throw databaseError(error)
    }
    lastHeard = performance.now()
    return opened
  }

  let connection = await listen()

  async function beat(): Promise<void> {
    if (connection.lost() || !isCurrent()) {
      connection.kill()
      connection = await listen()
      if (closed) connection.kill()
      else handlers.resync()
      return
    }
    const payload = JSON.stringify({ kind: 'heartbeat', self })
    const sent = connection.client.unsafe("select pg_notify('dashgate', $1)", [payload])
    await within(Promise.resolve(sent), currentMs, () => connection.kill())
  }

  /** One after the other, never two at once; a failed one is made good by the next. */
  function beatAgain(): void {
    if (closed) return
    beating = setTimeout(() => {
      beat().then(beatAgain, beatAgain)
    }, beatMs)
  }
  beatAgain()

  return {
    isCurrent,
    close: async () => {
      closed = true
      clearTimeout(beating)
      await connection.close()
    },
  }
}

/** Any role of the database may notify, so a payload is not taken for granted. */
const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metadata') }),
  z.object({ kind: z.literal('keys') }),
  z.object({ kind: z.literal('session'), idHash: z.string() }),
  z.object({ kind: z.literal('heartbeat'), self: z.string() }),
])

function parseChange(payload: string): z.output<typeof change> | undefined {
  try {
    return change.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}
