import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { openSocket } from './load.ts'
import { stack } from './stack.ts'
import type { Visitor } from './visitor.ts'

/** Close codes after which Dash's worker stays away (shared/dash.md §4). */
const final = new Set([1000, 4001])

/** When Dash's worker tries again: 1 s · 2^n and up to a second more, ten times (`dash-ws-worker.js`). */
const pauseMs = (failures: number) => Math.min(1000 * 2 ** failures + 1000 * Math.random(), 30_000)
const mostFailures = 10

export interface ReturningSocketsOptions {
  readonly url: string
  readonly visitors: readonly Visitor[]
  readonly base: string
  readonly count: number
}

/** WebSockets that come back after a close as Dash's do. */
export async function openReturningSockets(options: ReturningSocketsOptions) {
  const { url, visitors, base, count } = options
  const open = new Set<Duplex>()
  const codes: number[] = []
  const awayMs: number[] = []
  const lost: string[] = []
  const ending = new AbortController()

  async function keep(visitor: Visitor): Promise<void> {
    const socket = await openSocket(url, stack.publicUrl, visitor, base)
    open.add(socket)
    let code = 1006
    socket.on('data', (frame: Buffer) => {
      if (frame[0] === 0x88) code = frame.readUInt16BE(2)
      socket.end()
    })
    socket.once('close', () => {
      open.delete(socket)
      if (ending.signal.aborted) return
      codes.push(code)
      if (final.has(code)) lost.push(`closed with ${code}`)
      else void comeBack(visitor)
    })
  }

  async function comeBack(visitor: Visitor): Promise<void> {
    const from = performance.now()
    let last: unknown
    for (let failures = 0; failures < mostFailures; failures += 1) {
      await wait(pauseMs(failures))
      if (ending.signal.aborted) return
      try {
        await keep(visitor)
        awayMs.push(performance.now() - from)
        return
      } catch (error) {
        last = error
      }
    }
    lost.push(`gave up: ${String(last)}`)
  }

  await Promise.all(
    Array.from({ length: count }, (_, index) => keep(visitors[index % visitors.length] as Visitor)),
  )
  return {
    open: () => open.size,
    /** How each that was closed was closed. */
    codes: codes as readonly number[],
    /** How long each was away that came back. */
    awayMs: awayMs as readonly number[],
    /** What does not come back. */
    lost: lost as readonly string[],
    close(): void {
      ending.abort()
      for (const socket of open) socket.destroy()
    },
  }
}
