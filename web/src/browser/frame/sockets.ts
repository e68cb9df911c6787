import { type FrameMessage, typeOf } from '../messages.ts'

/**
 * Dash keeps its WebSocket in a SharedWorker. When that is closed for good, as at the end of a
 * session, Dash says nothing and its callbacks wait for ever: the worker's own message is the only
 * sign of it that reaches the page.
 */
export function watchSockets(tell: (message: FrameMessage) => void): void {
  if (!('SharedWorker' in window)) return
  window.SharedWorker = new Proxy(window.SharedWorker, {
    construct(target, args: ConstructorParameters<typeof SharedWorker>) {
      const worker = new target(...args)
      worker.port.addEventListener('message', ({ data }) => {
        if (typeOf(data) === 'disconnected') tell({ type: 'dashgate:disconnected' })
      })
      return worker
    },
  })
}
