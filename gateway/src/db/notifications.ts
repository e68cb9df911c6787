import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { openConnection, type Connection, type DatabaseAddress } from './connection.ts'
import { databaseError } from './connection-fault.ts'
import { within } from './deadline.ts'

const beatMs = 1000
/** Heard nothing for so long: what was said meanwhile may be lost. */
const currentMs = 3000
const listenMs = 4500
/** How long a first beat may be under way before it counts as unheard. */
const proofMs = 1000

/** When something was changed, on the clock of `performance.now()`; unknown before the first beat. */
export type ChangedAt = number | undefined

/** The number of a change that names tenants; or that all dashboards, or everything may have changed. */
export type MetadataChange = number | 'dashboards' | 'everything'

export interface ChangeHandlers {
  metadata(changedAt: ChangedAt, change: MetadataChange): void
  session(idHash: string, changedAt: ChangedAt): void
  keys(): void
  /** Something may have been missed, so read everything again; each second while nothing is heard. */
  resync(): void
  /**
   * The database works, and its notifications do not arrive; told once until they do again.
   *
   * @param cause why LISTEN failed; without one it worked, and what was said did not come back
   */
  deaf?(cause?: unknown): void
  /** They do again. */
  hearing?(): void
}

export interface ChangeListener {
  /** Whether a change made now would be heard; false within seconds of losing the connection. */
  isCurrent(): boolean
  close(): Promise<void>
}

export interface ListenAddresses {
  /** Of the database itself: a pooler in transaction mode drops what nobody asked for. */
  readonly listenAt: DatabaseAddress
  /** Where changes are made. */
  readonly changeAt: DatabaseAddress
}

/**
 * Hears what other replicas change. Each second a beat of our own is said where changes are made: as
 * long as it is heard, so is everything else. That it goes another way than it comes is what shows a
 * pooler, another database or a server that is no longer the primary at the listening end.
 *
 * @throws {GatewayError} 503 when the database cannot be reached at the start
 */
export async function listenForChanges(
  { listenAt, changeAt }: ListenAddresses,
  handlers: ChangeHandlers,
): Promise<ChangeListener> {
  const payload = JSON.stringify({ kind: 'heartbeat', self: randomUUID() })
  let lastHeard = -Infinity
  let deaf = false
  let closed = false
  let beating: NodeJS.Timeout | undefined
  let onBeat: (() => void) | undefined
  let ear: Connection | undefined
  let voice = openConnection(changeAt)
  /** From the database's clock to `performance.now()`, in milliseconds. */
  let clockOffset: number | undefined
  const isCurrent = () => performance.now() - lastHeard < currentMs

  function hear(_channel: string, heard: string): void {
    if (heard === payload) return hearOurselves()
    const change = parseChange(heard)
    if (change?.kind === 'metadata') handlers.metadata(onOurClock(change.at), whatOf(change))
    if (change?.kind === 'keys') handlers.keys()
    if (change?.kind === 'session') handlers.session(change.idHash, onOurClock(change.at))
  }

  const onOurClock = (at: number | undefined): ChangedAt =>
    at === undefined || clockOffset === undefined ? undefined : at * 1000 + clockOffset

  function hearOurselves(): void {
    lastHeard = performance.now()
    onBeat?.()
    if (deaf) handlers.hearing?.()
    deaf = false
  }

  async function listen(): Promise<void> {
    ear?.kill()
    const opened: Connection = openConnection({
      ...listenAt,
      onNotify: hear,
      onLost: () => {
        if (ear === opened) lastHeard = -Infinity
      },
    })
    ear = opened
    try {
      await within(Promise.resolve(opened.client.unsafe('listen dashgate')), listenMs, () =>
        opened.kill(),
      )
    } catch (error) {
      opened.kill()
      throw databaseError(error)
    }
    if (closed) opened.kill()
  }

  async function say(): Promise<void> {
    if (voice.lost()) voice = openConnection(changeAt)
    const { client, kill } = voice
    try {
      const before = performance.now()
      const said = client.unsafe<{ now: number }[]>(
        "select pg_notify('dashgate', $1), extract(epoch from clock_timestamp())::float8 as now",
        [payload],
      )
      const [row] = await within(Promise.resolve(said), currentMs, kill)
      // It was read later than that: what is told to have been changed seems older, never younger.
      if (row) clockOffset = before - row.now * 1000
    } catch (error) {
      kill()
      throw databaseError(error)
    }
    if (closed) kill()
  }

  /** Whether the beat that was just said arrives. */
  async function isHeard(): Promise<boolean> {
    if (isCurrent()) return true
    const arrived = Promise.withResolvers<void>()
    onBeat = arrived.resolve
    const late = setTimeout(arrived.resolve, proofMs)
    await arrived.promise
    clearTimeout(late)
    return isCurrent()
  }

  async function checkHearing(cause?: unknown): Promise<void> {
    await say()
    if (deaf || closed || (await isHeard())) return
    deaf = true
    handlers.deaf?.(cause)
  }

  async function beat(): Promise<void> {
    if (!ear?.lost() && isCurrent()) return say()
    const cause = await listen().then(
      () => undefined,
      (error: unknown) => error,
    )
    await checkHearing(cause)
    // Heard or not: the database answers, so what may have been missed can be read.
    if (!closed) handlers.resync()
  }

  /** One after the other, never two at once; a failed one is made good by the next. */
  function beatAgain(): void {
    if (closed) return
    beating = setTimeout(() => {
      beat().then(beatAgain, beatAgain)
    }, beatMs)
  }

  async function close(): Promise<void> {
    closed = true
    clearTimeout(beating)
    await Promise.all([ear?.close(), voice.close()])
  }

  try {
    await listen()
    await checkHearing()
  } catch (error) {
    await close()
    throw error
  }
  beatAgain()
  return { isCurrent, close }
}

/** Any role of the database may notify, so a payload is not taken for granted. */
const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('metadata'),
    at: z.number().optional(),
    change: z.int().positive().optional(),
    dashboards: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('keys') }),
  z.object({ kind: z.literal('session'), idHash: z.string(), at: z.number().optional() }),
])

const whatOf = (told: { change?: number | undefined; dashboards?: boolean | undefined }) =>
  told.change ?? (told.dashboards ? 'dashboards' : 'everything')

function parseChange(payload: string): z.output<typeof change> | undefined {
  try {
    return change.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}
