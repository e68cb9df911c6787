import { type FrameMessage, RESUME, typeOf } from '../messages.ts'

/**
 * Requests that the gateway refused because the session has ended wait here, so that an app hears
 * nothing of it: when the same person has signed in again, the shell says so and they are sent again.
 * The gateway refuses before it asks an app, or gives up an answer that the app was still working on.
 */
export interface Parking {
  /** What to wait for before anything is asked; nothing while the session is good. */
  gate(): Promise<void> | undefined
  /** Tells the shell that the session has ended. */
  sessionEnded(): Promise<void>
  onResume(listener: () => void): void
}

/** Outside of a shell there is nobody who could offer a sign-in: nothing is parked there. */
export function createParking(tell: (message: FrameMessage) => void): Parking | undefined {
  if (parent === window) return undefined
  let waiting: PromiseWithResolvers<void> | undefined
  const listeners: (() => void)[] = []

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== parent || origin !== location.origin || typeOf(data) !== RESUME) return
    waiting?.resolve()
    waiting = undefined
    for (const listener of listeners) listener()
  })

  return {
    gate: () => waiting?.promise,
    sessionEnded() {
      waiting ??= Promise.withResolvers()
      tell({ type: 'dashgate:session-ended' })
      return waiting.promise
    },
    onResume: (listener) => void listeners.push(listener),
  }
}
