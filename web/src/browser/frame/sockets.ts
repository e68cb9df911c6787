import { type FrameMessage, typeOf } from '../messages.ts'
import type { Parking } from './parking.ts'

interface Sockets {
  parking: Parking | undefined
  tell: (message: FrameMessage) => void
}

/**
 * Dash keeps its WebSocket in a SharedWorker, and drops the callbacks that are under way when it is
 * closed: at the end of a session, and whenever a gateway or an app restarts. Here they are kept
 * instead, and asked again on the next connection. The worker's own messages are the only sign of
 * the socket that reaches the page.
 */
export function watchSockets(around: Sockets): void {
  if (!('SharedWorker' in window)) return
  window.SharedWorker = new Proxy(window.SharedWorker, {
    construct(target, args: ConstructorParameters<typeof SharedWorker>) {
      const worker = new target(...args)
      keepCallbacks(worker.port, around)
      return worker
    },
  })
}

function keepCallbacks(port: MessagePort, { parking, tell }: Sockets): void {
  const post = port.postMessage.bind(port) as (message: unknown) => void
  const asked = new Map<string, unknown>()
  let lost: string[] = []
  let connect: unknown

  port.postMessage = (message: unknown) => {
    const id = requestOf(message)
    if (typeOf(message) === 'connect') connect = message
    if (typeOf(message) === 'callback_request' && id !== undefined) asked.set(id, message)
    post(message)
  }

  // Before Dash's own listener, which would answer what is under way with nothing.
  port.addEventListener('message', (event) => {
    const type = typeOf(event.data)
    if (type === 'callback_response') asked.delete(requestOf(event.data) ?? '')
    if (type === 'connected') askAgain()
    if (type !== 'disconnected') return
    if (asked.size > 0) event.stopImmediatePropagation()
    lost = [...asked.keys()]
    tell({ type: 'dashgate:disconnected' })
  })
  // After the end of a session the worker does not come back by itself.
  parking?.onResume(() => connect !== undefined && post(connect))

  /** What was asked while there was no connection waits in the worker: only the rest is missing. */
  function askAgain(): void {
    const again = lost.filter((id) => asked.has(id))
    lost = []
    for (const id of again) post(asked.get(id))
  }
}

function requestOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('requestId' in message)) return undefined
  return typeof message.requestId === 'string' ? message.requestId : undefined
}
