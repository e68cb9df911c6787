import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { openSocket } from '../../gateway/test/support/load.ts'
import { bars } from '../bars.ts'
import { settledMemory, withGateway } from '../gateways.ts'
import type { Measurement } from '../measurement.ts'
import { figure, inRounds } from '../rounds.ts'

const wholeCount = 5000
const atOnce = 50

/** What comes back is what was sent: the socket is open all the way to the app. */
async function assertEchoes(socket: Duplex): Promise<void> {
  // A masked text frame of two letters (RFC 6455 §5.2), its mask all zeros.
  const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
  socket.write(frame)
  const [back] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer]
  if (!back.equals(frame)) throw new Error(`A WebSocket sent back ${back.toString('hex')}`)
}

/** What the gateway's memory grows by for each WebSocket that is open and says nothing. */
export const sockets: Measurement = {
  name: 'sockets',
  async run(bench) {
    const { visitor, path, publicUrl } = await bench.streaming()
    const count = bench.isShort ? 20 : wholeCount
    const each = await inRounds(bench.rounds, () =>
      withGateway(bench, {}, async ({ url, pid }) => {
        const open: Duplex[] = []
        const openSome = async (wanted: number) => {
          while (open.length < wanted) {
            const some = Math.min(atOnce, wanted - open.length)
            const opened = Array.from({ length: some }, () =>
              openSocket(url, publicUrl, visitor, path('')),
            )
            open.push(...(await Promise.all(opened)))
          }
        }
        await openSome(Math.min(count, 200))
        for (const socket of open.splice(0)) socket.destroy()
        await wait(500)
        const before = await settledMemory(pid)
        await openSome(count)
        const after = await settledMemory(pid)
        for (const socket of open.slice(0, 20)) await assertEchoes(socket)
        for (const socket of open) socket.destroy()
        return (after - before) / count / 1024
      }),
    )
    const name = '5,000 idle WebSockets, memory of each'
    return [figure({ name, unit: 'KiB', bar: bars.socketKibibytes }, each)]
  },
}
