import { once } from 'node:events'

export interface ProfileNode {
  readonly id: number
  readonly callFrame: { functionName: string; url: string; lineNumber: number }
  readonly children?: readonly number[]
}

/** What V8 records: at each sample the node of the call tree, and microseconds since the one before. */
export interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const samplingMicroseconds = 200

/** Records what a process does, that was started with `--inspect`, while the work lasts. */
export async function profileWhile(port: number, work: () => Promise<unknown>): Promise<Profile> {
  const listed = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await listed.json()) as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error('The process cannot be inspected')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await once(socket, 'open')
  let last = 0
  const waiting = new Map<number, (result: unknown) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown }
    waiting.get(id)?.(result)
  })
  const ask = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      last += 1
      waiting.set(last, resolve)
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  try {
    await ask('Profiler.enable')
    await ask('Profiler.setSamplingInterval', { interval: samplingMicroseconds })
    await ask('Profiler.start')
    await work()
    const { profile } = (await ask('Profiler.stop')) as { profile: Profile }
    return profile
  } finally {
    socket.close()
  }
}
