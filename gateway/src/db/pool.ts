import { openConnection, type Connection, type DatabaseAddress } from './connection.ts'
import { databaseUnavailable } from './connection-fault.ts'
import { createTurnstile } from './turnstile.ts'

const waitMs = 2000
/** Old connections make way for new ones, so that a failed-over server or a new password is found. */
const maxAgeMs = 30 * 60_000

export interface Pool {
  /**
   * Lends a connection until `use` ends. One that was lost, or that `use` did not leave as it found
   * it, is not lent again.
   *
   * @throws {GatewayError} 503 when none gets free in time
   */
  lend<T>(use: (connection: Connection) => Promise<T>): Promise<T>
  /** Connections at a moment. */
  use(): { busy: number; idle: number; most: number; waiting: number }
  close(): Promise<void>
}

interface Slot {
  readonly connection: Connection
  readonly openedAt: number
}

export function createPool(address: DatabaseAddress, size: number): Pool {
  const idle: Slot[] = []
  const turnstile = createTurnstile(size, waitMs, () =>
    databaseUnavailable(new Error(`No free connection within ${waitMs} ms`)),
  )

  function takeSlot(): Slot {
    for (let slot = idle.pop(); slot; slot = idle.pop()) {
      if (!slot.connection.lost()) return slot
    }
    return { connection: openConnection(address), openedAt: performance.now() }
  }

  function giveBack(slot: Slot): void {
    if (slot.connection.lost()) slot.connection.kill()
    else if (performance.now() - slot.openedAt > maxAgeMs) slot.connection.close().catch(() => {})
    else idle.push(slot)
  }

  return {
    async lend(use) {
      const leave = await turnstile.enter()
      const slot = takeSlot()
      try {
        return await use(slot.connection)
      } finally {
        giveBack(slot)
        leave()
      }
    },
    use() {
      const { taken, waiting } = turnstile.use()
      return { busy: taken, idle: idle.length, most: size, waiting }
    },
    close: async () => {
      await Promise.all(idle.splice(0).map((slot) => slot.connection.close()))
    },
  }
}
